// The files of what was dropped or chosen, folders with all that is in them.

// What a folder of a card may hold that nobody looks at: sounds and bookkeeping.
const OF_NO_USE = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$|\.(wav|mp3)$/i;

// Films, unless their first bytes are those of a picture: some programs give pictures such names.
const FILM = /\.(mp4|m4v|mov|avi|mkv|wmv|mpe?g|mts|3gp)$/i;

// Folders of trash, thumbnails and older versions, which the service would set aside.
const LEFT_BEHIND = new Set([
  "#recycle",
  "@recycle",
  ".recycle",
  ".recycle.bin",
  ".trash",
  ".trashes",
  "$recycle.bin",
  "recycler",
  "recycled",
  "lost+found",
  "@eadir",
  ".@__thumb",
  ".thumbnails",
  ".thumbs",
  ".thumb",
  ".picasaoriginals",
  ".stversions",
  ".dropbox.cache",
  "@recently-snapshot",
  "#snapshot",
  "@tmp",
  "__macosx",
  "system volume information",
  ".spotlight-v100",
  ".fseventsd",
  ".temporaryitems",
  ".appledouble",
  ".git",
]);

// Folders that cameras make, which say nothing of the camera; the service drops them from its name.
const MADE_BY_CAMERA = /^(dcim|\d+(recnx|_btcf|media|dscim|ek\d+)|[1-9]\d\d(stlth|mfcam|bmcim|canon|nikon|olymp|msdcf|pentx|_pana|_fuji|gopro|image|photo))\/$/i;

// Whether a topmost folder, "DCIM/", is named by a camera.
export function isMadeByCamera(name) {
  return MADE_BY_CAMERA.test(name);
}

// Calls `take(file, path)` for each file, and says how many files of folders are of no use here, and
// how many files and folders could not be read. To be called while the event is being handled:
// afterwards the browser has forgotten what was dropped.
export async function takeDropped(data, take) {
  const entries = Array.from(data.items, (item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory)) {
    for (const file of data.files) take(file, file.name);
    return { ofNoUse: 0, unreadable: 0 };
  }
  const found = { ofNoUse: 0, unreadable: 0 };
  for (const entry of entries) {
    if (entry) await walk(entry, take, found);
  }
  return found;
}

// The same for files that were chosen by themselves or as a folder. All but films are taken at once.
export async function takeChosen(files, take) {
  let ofNoUse = 0;
  const films = [];
  for (const file of files) {
    const path = file.webkitRelativePath;
    if (!path) take(file, file.name);
    else if (isLeftBehind(path)) ofNoUse += 1;
    else if (FILM.test(path)) films.push(file);
    else take(file, path);
  }
  for (const film of films) {
    if (await beginsAsPicture(film)) take(film, film.webkitRelativePath);
    else ofNoUse += 1;
  }
  return { ofNoUse, unreadable: 0 };
}

async function walk(entry, take, found) {
  const path = entry.fullPath.replace(/^\//, "");
  try {
    if (entry.isDirectory) {
      for (const inner of await read(entry.createReader())) await walk(inner, take, found);
      return;
    }
    const isInFolder = path.includes("/");
    if (isInFolder && isLeftBehind(path)) {
      found.ofNoUse += 1;
      return;
    }
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    if (isInFolder && FILM.test(path) && !(await beginsAsPicture(file))) found.ofNoUse += 1;
    else take(file, path);
  } catch {
    found.unreadable += 1;
  }
}

function isLeftBehind(path) {
  const folders = path.toLowerCase().split("/").slice(0, -1);
  return OF_NO_USE.test(path) || folders.some((name) => LEFT_BEHIND.has(name) || name.startsWith(".trash-"));
}

// JPEG, PNG, GIF, TIFF and WebP. What cannot be read is sent, so that somebody says what is wrong.
async function beginsAsPicture(file) {
  try {
    const bytes = new Uint8Array(await file.slice(0, 12).arrayBuffer());
    const head = String.fromCharCode(...bytes);
    return /^(\xff\xd8\xff|\x89PNG|GIF8|II\*\0|MM\0\*|RIFF[^]{4}WEBP)/.test(head);
  } catch {
    return true;
  }
}

// A reader hands out a hundred entries at a time, and none when it is at the end.
async function read(reader) {
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all.sort((a, b) => (a.name < b.name ? -1 : 1));
    all.push(...some);
  }
}
