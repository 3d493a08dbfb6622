// The files of what was dropped or chosen, folders with all that is in them.

// What a folder of a card may hold that nobody looks at: films, sounds, bookkeeping.
const OF_NO_USE = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$|\.(mp4|m4v|mov|avi|mkv|wmv|mpe?g|mts|3gp|wav|mp3)$/i;

// Folders that cameras make, which say nothing of the camera; the service drops them from its name.
const MADE_BY_CAMERA = /^(dcim|\d+(recnx|_btcf|media|dscim|ek\d+))\/$/i;

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

// The same for files that were chosen by themselves or as a folder.
export function takeChosen(files, take) {
  let ofNoUse = 0;
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    if (file.webkitRelativePath && OF_NO_USE.test(path)) ofNoUse += 1;
    else take(file, path);
  }
  return { ofNoUse, unreadable: 0 };
}

async function walk(entry, take, found) {
  const path = entry.fullPath.replace(/^\//, "");
  try {
    if (entry.isDirectory) {
      for (const inner of await read(entry.createReader())) await walk(inner, take, found);
    } else if (path.includes("/") && OF_NO_USE.test(path)) {
      found.ofNoUse += 1;
    } else {
      take(await new Promise((resolve, reject) => entry.file(resolve, reject)), path);
    }
  } catch {
    found.unreadable += 1;
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
