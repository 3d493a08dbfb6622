// Fetching a page of ours and putting parts of it in the place of the present ones.

import { tellMoments } from "./moments.js";

// Fetches a page. `options` are those of fetch.
export async function fetchPage(address, options = {}) {
  const answer = await fetch(address, { ...options, headers: { Accept: "text/html", ...options.headers } }).catch(() => {
    throw new Error("The service cannot be reached. Try again in a moment.");
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok) throw new Error(page.querySelector("h1")?.textContent ?? "The service does not answer");
  return { page, address: answer.url };
}

// Takes over the parts with these ids. Pictures that were there before stay as they are, so that
// nothing flickers.
export function takeOver(page, ids) {
  settle();
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
  told("[aria-live]").textContent = text;
}

// Says to everybody that something did not go well.
export function complain(text) {
  const place = told(".problem");
  place.textContent = text;
  place.hidden = false;
}

// Takes back what was complained about: something went well since.
export function settle() {
  for (const place of document.querySelectorAll(".words .problem")) place.hidden = true;
}

// Where something is said: nothing outside an open dialog is heard.
function told(kind) {
  return document.querySelector("dialog[open] > .words " + kind) ?? document.querySelector("main > .words " + kind);
}
