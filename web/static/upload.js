// The upload page with a little help: checks sizes before anything is sent, shows how far the
// upload is, and keeps the chosen files when something is wrong. Without this script the form
// works all the same.
"use strict";

const form = document.getElementById("upload");
const files = document.getElementById("files");
const send = document.getElementById("send");
const stop = document.getElementById("stop");
const progress = document.getElementById("progress");
const bar = document.getElementById("bar");
const label = document.getElementById("progress-label");
const progressText = document.getElementById("progress-text");
const problem = document.getElementById("problem");

const maxBytes = Number(form.dataset.maxBytes);
const maxFiles = Number(form.dataset.maxFiles);

function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 999.5 && unit < units.length - 1) {
    bytes /= 1000;
    unit += 1;
  }
  return (unit > 0 && bytes < 9.95 ? bytes.toFixed(1) : Math.round(bytes)) + " " + units[unit];
}

function span(seconds) {
  if (seconds < 60) return Math.max(1, Math.round(seconds)) + " s";
  if (seconds < 5400) return Math.round(seconds / 60) + " min";
  return (seconds / 3600).toFixed(1) + " h";
}

function chosen() {
  const list = Array.from(files.files);
  return { count: list.length, bytes: list.reduce((sum, file) => sum + file.size, 0) };
}

function show(title, detail) {
  document.getElementById("problem-title").textContent = title;
  document.getElementById("problem-detail").textContent = detail;
  problem.hidden = false;
  problem.focus();
}

// Marks the field that a problem is about, if it is about one.
function mark(name) {
  for (const field of form.elements) {
    if (field.name !== name) {
      field.removeAttribute("aria-invalid");
      continue;
    }
    field.setAttribute("aria-invalid", "true");
    field.closest("details")?.setAttribute("open", "");
  }
}

// What is wrong with the choice of files, or nothing.
function complaint() {
  const { count, bytes } = chosen();
  if (bytes > maxBytes) return size(bytes) + " were chosen; one upload may have up to " + size(maxBytes) + ". Split it into several uploads.";
  if (count > maxFiles) return count + " files were chosen; one upload may have up to " + maxFiles + ". Zip the folder and upload the zip.";
  return "";
}

files.addEventListener("change", () => {
  const { count, bytes } = chosen();
  const text = count === 0 ? "" : (count === 1 ? "1 file, " : count + " files, ") + size(bytes);
  document.getElementById("files-chosen").textContent = text;
  files.setCustomValidity(complaint());
  files.reportValidity();
});

// Files may be dropped anywhere on the page: beside the field, a browser would leave the page for
// the file.
const holdsFiles = (event) => event.dataTransfer.types.includes("Files");

document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = send.disabled ? "none" : "copy";
  form.classList.toggle("is-target", !send.disabled);
});

document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) form.classList.remove("is-target");
});

document.addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  form.classList.remove("is-target");
  if (send.disabled) return;
  const entries = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry());
  if (entries.some((entry) => entry?.isDirectory)) return show("A folder was dropped", "Zip the folder and drop the zip. The result then names the folder that each picture is in.");
  files.files = event.dataTransfer.files;
  files.dispatchEvent(new Event("change"));
});

function busy(isBusy) {
  send.disabled = isBusy;
  stop.hidden = !isBusy;
  progress.hidden = !isBusy;
}

function explain(request) {
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    // A proxy in between answers in its own words.
  }
  mark(answer.field);
  if (answer.title) return show(answer.title, answer.detail);
  if (request.status === 413) return show("The upload is too large", "A server in between takes no upload of this size. Split it into several uploads, or tell the people who run this service.");
  show("The upload was not taken", "The service answered with the error " + request.status + ". Try again in a few minutes.");
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  problem.hidden = true;
  mark();
  const request = new XMLHttpRequest();
  const begun = Date.now();
  const leave = (event) => event.preventDefault();

  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const seconds = (Date.now() - begun) / 1000;
    const left = seconds * (event.total - event.loaded) / Math.max(event.loaded, 1);
    bar.value = event.loaded / event.total;
    progressText.textContent = size(event.loaded) + " of " + size(event.total) + (seconds > 2 ? ", about " + span(left) + " left. Keep this page open until then." : "");
  });
  request.upload.addEventListener("load", () => {
    label.textContent = "Checking the files";
    bar.removeAttribute("value");
    progressText.textContent = "";
    stop.hidden = true;
  });
  request.addEventListener("loadend", () => {
    // First of all: leaving is no loss any more, and must not be asked about.
    window.removeEventListener("beforeunload", leave);
    if (request.status === 201) {
      window.location.assign(request.getResponseHeader("Location"));
      return;
    }
    busy(false);
    if (request.status !== 0) explain(request);
  });
  request.addEventListener("error", () => show("The connection broke off", "Nothing was kept. Check your connection and upload again; your choices are still here."));
  stop.onclick = () => request.abort();

  label.textContent = "Uploading";
  progressText.textContent = "";
  bar.value = 0;
  busy(true);
  window.addEventListener("beforeunload", leave);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(new FormData(form));
});

// Back from the job's page, browsers show this page as it was left: with the upload going on.
window.addEventListener("pageshow", () => busy(false));
