// The list and the plots change with the filters, and the address with them, without the page
// being loaded anew.

import { watch } from "./package.js";
import { announce, complain, fetchPage, takeOver } from "./parts.js";

// What differs from one view to another.
const PARTS = ["kinds", "filters-summary", "filters-clear", "pictures", "figures"];
const PAUSE_MS = 250;

let latest = 0;
let timer = 0;
// Whether a view was asked for that is not there yet.
let isBehind = false;
// The address of the view that is there.
let shown = window.location.href;

export function followView(filters) {
  filters.addEventListener("submit", (event) => {
    event.preventDefault();
    changeView();
  });
  filters.addEventListener("change", (event) => {
    if (!event.target.closest(".threshold")) changeView();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#kinds a, .pages a");
    if (!link) return;
    link.href = renewed(link);
    if (new URL(link.href).pathname !== window.location.pathname) return;
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    setKind(new URL(link.href).searchParams.get("show"));
    visit(link.href, { isStep: true, isPage: link.closest(".pages") });
  });
  // The way back leads to the kind or page before. Loaded anew, the form fits it, too.
  window.addEventListener("popstate", () => {
    const isOwn = window.location.pathname === new URL(shown).pathname;
    if (isOwn && window.location.href !== shown) window.location.reload();
  });
}

// Shows what the form asks for now.
export function changeView() {
  return visit(document.getElementById("filters").action + "?" + asked());
}

// The same when nobody asks for more within a moment.
export function changeViewSoon() {
  isBehind = true;
  window.clearTimeout(timer);
  timer = window.setTimeout(changeView, PAUSE_MS);
}

// While something is over the list, neither it nor the address is changed for it.
export function pauseView() {
  latest += 1;
  window.clearTimeout(timer);
}

// Goes on with what was asked for before the pause.
export function resumeView() {
  if (isBehind) changeView();
}

// What the form asks for.
function asked() {
  const filters = document.getElementById("filters");
  const asked = new URLSearchParams(new FormData(filters));
  for (const [name, value] of Array.from(asked)) if (!value) asked.delete(name);
  if (!filters.querySelector("#threshold").checkValidity()) asked.delete("threshold");
  return asked;
}

// The address of a link, which may be older than what the form asks for now.
function renewed(link) {
  const [address, now] = [new URL(link.href), asked()];
  const query = address.searchParams;
  for (const { name } of document.getElementById("filters").elements) {
    // What files show is what the link is about; a threshold that makes no sense is not taken over.
    if (!name || name === "show" || (name === "threshold" && !now.has(name))) continue;
    query.delete(name);
    if (now.has(name)) query.set(name, now.get(name));
  }
  return address.href;
}

function setKind(kind) {
  const filters = document.getElementById("filters");
  filters.querySelector("[name=show]")?.remove();
  if (!kind) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "show", value: kind });
  filters.prepend(field);
}

// Shows the view at an address; after turning a page, from its top. From a step, the way back leads
// to the view before.
async function visit(address, { isStep = false, isPage = false } = {}) {
  window.clearTimeout(timer);
  latest += 1;
  isBehind = true;
  const own = latest;
  for (const part of parts()) part.classList.add("is-behind");
  try {
    const { page } = await fetchPage(address);
    // Somebody who moves on does not want the old view any more.
    if (own !== latest) return;
    isBehind = false;
    if (isStep) window.history.pushState(null, "", address);
    show(page, address);
    if (isPage) document.getElementById("pictures")?.scrollIntoView();
  } catch (error) {
    if (own === latest) complain(error.message);
  } finally {
    if (own === latest) for (const part of parts()) part.classList.remove("is-behind");
  }
}

function parts() {
  return document.querySelectorAll("#pictures, #figures");
}

function show(page, address) {
  const coming = page.getElementById("filters");
  document.getElementById("filters").dataset.steps = coming.dataset.steps;
  setKind(coming.querySelector("[name=show]")?.value);
  const focused = document.activeElement?.getAttribute("href");
  takeOver(page, PARTS);
  watch();
  // The tabs lead to the same view.
  document.querySelector(".tabs").replaceWith(page.querySelector(".tabs"));
  if (focused && document.activeElement === document.body) document.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  window.history.replaceState(window.history.state, "", address);
  shown = window.location.href;
  announce(document.getElementById("pictures-title")?.textContent ?? "");
}
