// The files of what was dropped or chosen, folders with all that is in them.

// What a folder of a card may hold that nobody looks at: films, sounds, bookkeeping.
const OF_NO_USE = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$|\.(mp4|m4v|mov|avi|mkv|wmv|mpe?g|mts|3gp|wav|mp3)$/i;

// Calls `take(file, path)` for each file, and says how many files of folders are of no use here.
// To be called while the event is being handled: afterwards the browser has forgotten what was
// dropped.
export async function takeDropped(data, take) {
  const entries = Array.from(data.items, (item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory)) {
    for (const file of data.files) take(file, file.name);
    return 0;
  }
  let leftOut = 0;
  for (const entry of entries) {
    if (entry) leftOut += await walk(entry, take);
  }
  return leftOut;
}

// The same for files that were chosen by themselves or as a folder.
export function takeChosen(files, take) {
  let leftOut = 0;
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    if (file.webkitRelativePath && OF_NO_USE.test(path)) leftOut += 1;
    else take(file, path);
  }
  return leftOut;
}

async function walk(entry, take) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isDirectory) {
    let leftOut = 0;
    for (const inner of await read(entry.createReader())) leftOut += await walk(inner, take);
    return leftOut;
  }
  if (path.includes("/") && OF_NO_USE.test(path)) return 1;
  take(await new Promise((resolve, reject) => entry.file(resolve, reject)), path);
  return 0;
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
