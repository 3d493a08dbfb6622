// The large view: over the list, or as a page of its own. Arrow keys go through the list.

import { announce, complain, fetchPage, keepPictures, settle } from "./parts.js";
import { tellMoments } from "./moments.js";
import { pauseView, resumeView } from "./view.js";
import { makeZoomable } from "./zoom.js";

let dialog;
// The address of the list, and what was focused in it, while a picture is over it.
let list = null;
let opener = null;
// The address of the picture that is shown.
let shown = window.location.href;

export function followViewer() {
  centre(document);
  dialog = document.getElementById("viewer");
  document.addEventListener("click", click);
  document.addEventListener("keydown", key);
  document.addEventListener("submit", correct);
  window.addEventListener("popstate", () => {
    if (dialog && /\/results\/media\/\d+$/.test(window.location.pathname)) return show(window.location.href);
    // Without a list below it, a picture is a page of its own.
    if (dialog) dismiss();
    else if (article()) window.location.reload();
  });
  dialog?.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
}

// The picture that is shown large, if one is.
function article() {
  return document.getElementById("media");
}

function click(event) {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a");
  if (!link) return;
  if (link.matches(".viewer .close") && dialog?.open) {
    event.preventDefault();
    close();
  } else if (link.matches(".grid .tile-link") && dialog) {
    event.preventDefault();
    opener = link.dataset.media;
    list = window.location.href;
    open(link.href);
  } else if (link.matches(".film .tile-link, .viewer [rel=prev], .viewer [rel=next]")) {
    event.preventDefault();
    go(link.href);
  }
}

function key(event) {
  const media = article();
  if (!media || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea")) return;
  const isHandled = media.querySelector("[data-zoom]")?.zoom?.key(event.key);
  const way = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const link = way && !isHandled && media.querySelector(`.viewer-nav [rel=${way}]`);
  if (isHandled || link) event.preventDefault();
  // A key that is held down goes on as fast as pictures come.
  if (link && isAskedFor(media)) go(link.href);
}

async function open(address) {
  pauseView();
  window.history.pushState({ over: list }, "", address);
  await show(address);
}

// Another picture in the place of the present one: the way back leads to the list.
function go(address) {
  window.history.replaceState(window.history.state, "", address);
  return show(address);
}

// Whether the address is that of a picture. It changes at once, and what comes for an older one is
// not shown.
function isAskedFor(media) {
  return window.location.pathname.endsWith("/media/" + media.dataset.media);
}

async function show(address) {
  try {
    const { page } = await fetchPage(address);
    const media = page.getElementById("media");
    if (isAskedFor(media)) put(media);
  } catch (error) {
    if (window.location.href === address) giveUp(error);
  }
}

// The picture that was there stays, or else the list.
function giveUp(error) {
  if (article()) window.history.replaceState(window.history.state, "", shown);
  else if (window.history.state?.over) window.history.back();
  complain(error.message);
}

function put(coming) {
  const present = article();
  settle();
  if (present) {
    keepPictures(present, coming);
    present.replaceWith(coming);
  } else {
    dialog.append(coming);
  }
  shown = window.location.href;
  if (dialog && !dialog.open) dialog.showModal();
  makeZoomable(coming);
  tellMoments(coming);
  coming.querySelector("#media-title").focus({ preventScroll: true });
  centre(coming);
  for (const link of coming.querySelectorAll(".viewer-nav :is([rel=next], [rel=prev])")) prefetch(link.href);
}

// The film strip shows its own picture in the middle.
function centre(root) {
  const own = root.querySelector(".film [aria-current]")?.parentElement;
  if (own) own.parentElement.scrollLeft = own.offsetLeft - (own.parentElement.clientWidth - own.offsetWidth) / 2;
}

// The pictures before and after are there when they are asked for.
function prefetch(address) {
  const number = address.match(/\/results\/media\/(\d+)/)?.[1];
  const job = window.location.pathname.match(/^\/jobs\/\w+/)?.[0];
  if (number && job) new Image().src = `${job}/pictures/${number}/preview`;
}

function close() {
  if (window.history.state?.over) window.history.back();
  else dismiss();
}

function dismiss() {
  dialog.close();
  article()?.remove();
  resumeView();
  document.querySelector(`.grid [data-media="${opener}"]`)?.focus();
}

// What is said about a picture is sent, and the picture shown again with it.
async function correct(event) {
  if (!event.target.matches(".viewer [data-correct]")) return;
  event.preventDefault();
  const said = new URLSearchParams(new FormData(event.target, event.submitter));
  for (const button of event.target.elements) button.disabled = true;
  try {
    const { page } = await fetchPage(event.target.action, { method: "POST", body: said });
    const media = page.getElementById("media");
    if (isAskedFor(media)) put(media);
    markInList(media);
    announce(media.querySelector(".said li:last-child span")?.textContent ?? "Taken back");
  } catch (error) {
    complain(error.message);
    for (const button of event.target.elements) button.disabled = false;
  }
}

// The list below says the same.
function markInList(media) {
  const own = media.querySelector(".film [aria-current] .corrected") ?? media.querySelector(".about > section .corrected");
  const caption = document.querySelector(`.grid [data-media="${media.dataset.media}"] .caption`);
  if (!caption) return;
  caption.querySelector(".corrected")?.remove();
  if (own) caption.querySelector(".word").after(" ", own.cloneNode(true));
}
