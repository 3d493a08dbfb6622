// Fetching a page of ours and putting parts of it in the place of the present ones.

import { tellMoments } from "./moments.js";

// Fetches a page. `options` are those of fetch.
export async function fetchPage(address, options = {}) {
  const answer = await fetch(address, { ...options, headers: { Accept: "text/html", ...options.headers } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok) throw new Error(page.querySelector("h1")?.textContent ?? "The service does not answer");
  return { page, address: answer.url };
}

// Takes over the parts with these ids. Pictures that were there before stay as they are, so that
// nothing flickers.
export function takeOver(page, ids) {
  for (const id of ids) {
    const [present, coming] = [document.getElementById(id), page.getElementById(id)];
    if (!present || !coming) continue;
    keepPictures(present, coming);
    tellMoments(coming);
    present.replaceWith(coming);
  }
}

export function keepPictures(present, coming) {
  const pictures = new Map(Array.from(present.querySelectorAll("img"), (image) => [image.getAttribute("src"), image]));
  for (const image of coming.querySelectorAll("img")) {
    const known = pictures.get(image.getAttribute("src"));
    if (!known || image.width !== known.width) continue;
    known.alt = image.alt;
    image.replaceWith(known);
  }
}

// Says something to those who cannot see that it changed.
export function announce(text) {
  document.getElementById("announce").textContent = text;
}
