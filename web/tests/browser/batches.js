// What visitors upload.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { unzipSync, zipSync } from "fflate";

const SAMPLE = path.resolve(import.meta.dirname, "../../../var/sample.zip");
const sample = readFileSync(SAMPLE);

// The sample batch: pictures of three cameras, some damaged, and files that are no pictures.
export const SAMPLE_ZIP = { name: "spring.zip", mimeType: "application/zip", buffer: sample };

// A few pictures as they are.
export const PICTURES = Object.entries(pictures())
  .slice(0, 4)
  .map(([name, bytes]) => ({ name: path.basename(name), mimeType: "image/jpeg", buffer: Buffer.from(bytes) }));

// A zip with so many pictures, no two with the same bytes.
export function card(images) {
  const originals = Object.values(pictures());
  const entries = {};
  for (let number = 0; number < images; number += 1) {
    const picture = originals[number % originals.length];
    // What follows a picture's end is not looked at, but makes it another file.
    const bytes = Buffer.concat([picture, Buffer.from("\n" + number)]);
    const camera = "ridge-" + (1 + (number % 3));
    entries[camera + "/DCIM/100RECNX/RCNX" + String(number).padStart(4, "0") + ".JPG"] = bytes;
  }
  return { name: "ridge.zip", mimeType: "application/zip", buffer: Buffer.from(zipSync(entries, { level: 0 })) };
}

// A folder of pictures on the disk, as it is on a card, with a film among them.
export async function cardFolder(parent, name = "north ridge, camera 1", images = 12) {
  const folder = path.join(parent, name);
  const inner = path.join(folder, "DCIM", "100RECNX");
  await mkdir(inner, { recursive: true });
  const number = (n) => "RCNX" + String(n).padStart(4, "0");
  for (let n = 0; n < images; n += 1) {
    const bytes = Buffer.concat([PICTURES[n % PICTURES.length].buffer, randomBytes(2000)]);
    await writeFile(path.join(inner, number(n) + ".JPG"), bytes);
  }
  await writeFile(path.join(inner, number(9999) + ".MP4"), "a film");
  return folder;
}

// A film that takes its time on the line; nobody looks at films. Written to a file, because
// browsers are not handed that much by their remote control.
export async function film(folder) {
  const file = path.join(folder, "RCNX0007.MP4");
  await writeFile(file, Buffer.alloc(40_000_000, "film"));
  return file;
}

function pictures() {
  const wanted = (file) => /^north-ridge.*\.JPG$/.test(file.name);
  return unzipSync(sample, { filter: wanted });
}
