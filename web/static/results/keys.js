// Answering by keys when blanks are checked; the next picture comes without the page being loaded.

import { announce, complain, fetchPage, takeOver } from "./parts.js";
import { makeZoomable } from "./zoom.js";

export function followAnswers() {
  if (!document.getElementById("check")) return;
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.repeat || event.target.closest("input, select")) return;
    const check = document.getElementById("check");
    if (check.querySelector("[data-zoom]")?.zoom?.key(event.key)) return event.preventDefault();
    const way = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const target = way ? check.querySelector(`[rel=${way}]`) : check.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!target) return;
    event.preventDefault();
    target.click();
  });
  document.addEventListener("submit", answer);
}

async function answer(event) {
  if (!event.target.matches("#check [data-correct]")) return;
  event.preventDefault();
  const said = new URLSearchParams(new FormData(event.target, event.submitter));
  // Whoever goes from button to button stays at the one that they used.
  const used = document.activeElement === event.submitter ? event.submitter.value : null;
  // A key that is pressed twice does not answer for the next picture.
  for (const button of event.target.elements) button.disabled = true;
  try {
    const { page, address } = await fetchPage(event.target.action, { method: "POST", body: said });
    takeOver(page, ["check"]);
    document.querySelector(".tabs").replaceWith(page.querySelector(".tabs"));
    makeZoomable(document.getElementById("check"));
    if (used) document.querySelector(`#check [data-answer] [value="${CSS.escape(used)}"]`)?.focus();
    window.history.replaceState(null, "", address);
    announce(document.querySelector("#check .verdict").textContent);
    const coming = page.querySelector("link[rel=prefetch]");
    if (coming) new Image().src = coming.getAttribute("href");
  } catch (error) {
    complain(error.message);
    for (const button of event.target.elements) button.disabled = false;
  }
}
