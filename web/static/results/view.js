// The list and the plots change with the filters, and the address with them, without the page
// being loaded anew.

import { watch } from "./package.js";
import { announce, fetchPage, takeOver } from "./parts.js";

// What differs from one view to another.
const PARTS = ["kinds", "pictures", "figures"];

let latest = 0;

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
    if (link && new URL(link.href).pathname !== window.location.pathname) return;
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    visit(link.href, link.closest(".pages"));
  });
}

// Shows what the form asks for now.
export function changeView() {
  const filters = document.getElementById("filters");
  const asked = new FormData(filters);
  for (const [name, value] of Array.from(asked)) if (!value) asked.delete(name);
  if (!filters.querySelector("#threshold").checkValidity()) asked.delete("threshold");
  return visit(filters.action + "?" + new URLSearchParams(asked));
}

// Shows the view at an address; after turning a page, from its top.
async function visit(address, isPage = false) {
  latest += 1;
  const own = latest;
  const behind = document.querySelectorAll("#pictures, #figures");
  for (const part of behind) part.classList.add("is-behind");
  try {
    const { page } = await fetchPage(address);
    // Somebody who moves on does not want the old view any more.
    if (own !== latest) return;
    show(page, address);
    if (isPage) document.getElementById("pictures")?.scrollIntoView();
  } catch (error) {
    if (own === latest) announce(error.message);
  } finally {
    if (own === latest) for (const part of behind) part.classList.remove("is-behind");
  }
}

function show(page, address) {
  const [filters, coming] = [document.getElementById("filters"), page.getElementById("filters")];
  filters.dataset.steps = coming.dataset.steps;
  filters.querySelector("[name=show]")?.remove();
  const kind = coming.querySelector("[name=show]");
  if (kind) filters.prepend(kind);
  const focused = document.activeElement?.getAttribute("href");
  takeOver(page, PARTS);
  watch();
  // The tabs lead to the same view.
  document.querySelector(".tabs").replaceWith(page.querySelector(".tabs"));
  if (focused && document.activeElement === document.body) document.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  window.history.replaceState(window.history.state, "", address);
  announce(document.getElementById("pictures-title")?.textContent ?? "");
}
