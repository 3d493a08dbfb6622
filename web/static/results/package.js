// The package that is being made again: how far it is, and the download when it is there.

import { announce, complain, fetchPage, takeOver } from "./parts.js";

const LOOK_EVERY_MS = 1000;

let timer = 0;

export function followPackage() {
  document.addEventListener("submit", ask);
  watch();
}

// Looks from time to time for as long as the page shows that a package is coming.
export function watch() {
  window.clearTimeout(timer);
  if (document.querySelector("#package[data-coming]")) timer = window.setTimeout(look, LOOK_EVERY_MS);
}

async function ask(event) {
  if (!event.target.matches("#package form")) return;
  event.preventDefault();
  event.submitter.disabled = true;
  const wish = new URLSearchParams(new FormData(event.target));
  try {
    await fetchPage(event.target.action, { method: "POST", body: wish });
    await renew();
    announce(document.querySelector("#package p")?.textContent ?? "");
  } catch (error) {
    event.submitter.disabled = false;
    complain(error.message);
  }
}

async function look() {
  const parcel = document.querySelector("#package[data-coming]");
  if (!parcel) return;
  try {
    const answer = await fetch(parcel.dataset.coming, { headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (["none", "failed"].includes(told.state)) {
      await renew();
      announce(told.reason ?? "The new package is ready");
      return;
    }
    const bar = parcel.querySelector("progress");
    if (bar && told.images !== null) bar.value = told.images;
  } catch {
    // A bad line: looked at again in a moment.
  }
  watch();
}

// The package's part of the page, as it is now. A picture may be over it, with an address of its own.
async function renew() {
  const { page } = await fetchPage(window.history.state?.over ?? window.location.href);
  takeOver(page, ["package"]);
  watch();
}
