// The upload page: files and folders are chosen or dropped, sent so that no break of the line loses
// anything, and become a job when all of them have arrived. Without this script the form works all
// the same, but sends everything in one go.

import { Chosen } from "./chosen.js";
import { deliver, isThere } from "./delivery.js";
import { isMadeByCamera, takeChosen, takeDropped } from "./dropped.js";
import * as fields from "./fields.js";
import { Memory } from "./memory.js";
import * as problem from "./problem.js";
import { Progress } from "./progress.js";
import { showChosen } from "./rows.js";
import { Transfer } from "./transfer.js";
import { count, size } from "./words.js";

const at = (id) => document.getElementById(id);
const form = at("upload");
const files = at("files");
const maxBytes = Number(form.dataset.maxBytes);
const maxFiles = Number(form.dataset.maxFiles);

const memory = new Memory();
const chosen = new Chosen();
let set = newSet();
let leftOut = 0;
// How many drops of folders are still being read.
let reading = 0;
let state = "idle";
let transfer, progress;

// A name for this upload that no other has. The browser's own is not there on plain lines.
function newSet() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// --- What was chosen ------------------------------------------------------------------------------

function taken({ ofNoUse, unreadable }) {
  problem.hide(form);
  leftOut += ofNoUse;
  showList();
  if (unreadable > 0) {
    const what = count(unreadable, "file or folder in it cannot be read and is", "files or folders in it cannot be read and are");
    problem.show("Not all of the folder could be read", what + " not on the list. Look whether the card is still there, and drop the folder again.");
  }
  if (chosen.count > 0 && chosen.missing.length === 0) files.reportValidity();
}

async function addDropped(data) {
  reading += 1;
  const dropped = takeDropped(data, (file, path) => chosen.add(file, path));
  showList();
  const found = await dropped;
  reading -= 1;
  taken(found);
}

async function addChosen(input) {
  const given = Array.from(input.files);
  // So that the same file can be chosen again after it was taken off the list.
  input.value = "";
  reading += 1;
  const chosenFiles = takeChosen(given, (file, path) => chosen.add(file, path));
  showList();
  const found = await chosenFiles;
  reading -= 1;
  taken(found);
}

function remove(items) {
  chosen.remove(items);
  memory.forgetFiles(set, items);
  for (const item of items) {
    transfer?.drop(item);
    if (item.url) fetch(item.url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => {});
  }
  showList();
}

function showList() {
  at("chosen").hidden = chosen.count === 0 || state !== "idle";
  at("files-chosen").textContent = chosen.count === 0 ? "" : count(chosen.count, "file", "files") + ", " + size(chosen.bytes);
  at("left-out").textContent = leftOut === 0 ? "" : count(leftOut, "file of the folders that is no picture is", "files of the folders that are no pictures are") + " left out.";
  at("nameless").hidden = !chosen.groups.some((group) => isMadeByCamera(group.name));
  showChosen(at("rows"), at("more-rows"), chosen.groups, (items) => {
    remove(items);
    files.focus();
  });
  showUnfinished();
  files.setCustomValidity(complaint());
}

// What is wrong with the choice of files, or nothing.
function complaint() {
  const missing = chosen.missing.length;
  if (reading > 0) return "The folder is still being read. Wait until all of it is on the list.";
  if (chosen.count === 0) return "Choose one or more files, or a folder.";
  if (missing > 0) return "Choose " + count(missing, "file", "files") + " of the unfinished upload again, or take them off the list.";
  if (chosen.bytes > maxBytes) return size(chosen.bytes) + " were chosen; one upload may have up to " + size(maxBytes) + ". Split it into several uploads.";
  if (chosen.count > maxFiles) return count(chosen.count, "file was", "files were") + " chosen; one upload may have up to " + maxFiles.toLocaleString("en") + ". Zip the folder and upload the zip.";
  return "";
}

// --- An upload that was begun before the page was loaded ------------------------------------------

async function recall() {
  const found = await memory.unfinished();
  if (!found || found.notes.length === 0) return;
  set = found.set;
  fields.restore(form, found.fields);
  for (const note of found.notes) chosen.recall(note);
  showList();
  if (found.isWhole) await send();
}

function showUnfinished() {
  const missing = chosen.missing;
  at("unfinished").hidden = missing.length === 0 || state !== "idle";
  at("leave-out").hidden = missing.length === chosen.count;
  const arrived = chosen.done === 0 ? "" : count(chosen.done, "file has", "files have") + " arrived as a whole. ";
  at("unfinished-text").textContent = arrived + count(missing.length, "file is", "files are") + " still to be sent: choose or drop the same files or folders again, and the upload goes on where it was.";
}

async function startAfresh() {
  const items = chosen.items;
  await memory.forget(set);
  set = newSet();
  leftOut = 0;
  remove(items);
}

// --- Sending --------------------------------------------------------------------------------------

function become(next) {
  state = next;
  const isIdle = state === "idle";
  form.classList.toggle("is-busy", !isIdle);
  at("send").hidden = !isIdle;
  at("choosing").hidden = !isIdle;
  at("options").hidden = !isIdle;
  at("pause").hidden = state !== "sending";
  at("resume").hidden = state !== "paused";
  at("stop").hidden = !["sending", "paused"].includes(state);
  at("keep-open").hidden = state !== "sending";
  if (isIdle) progress?.end();
  showList();
}

async function send() {
  // From now on nothing is put on the list.
  state = "sending";
  problem.hide(form);
  transfer = new Transfer({ set, chunkBytes: Number(form.dataset.chunkBytes) || Infinity, memory });
  progress = new Progress(chosen, transfer, remove);
  await memory.begin(set, fields.read(form), chosen.items);
  await goOn();
}

async function goOn() {
  become("sending");
  progress.begin();
  try {
    const hasAll = await transfer.run(chosen.items);
    if (hasAll) await finish();
  } catch (trouble) {
    if (trouble.status === undefined) throw trouble;
    // Somebody decides what becomes of it, not the page when it is loaded the next time.
    await memory.begin(set, fields.read(form), []);
    become("idle");
    problem.explain(trouble, form);
  }
}

async function finish() {
  if (chosen.count === 0 || chosen.items.some((item) => item.complaint)) {
    become("idle");
    if (chosen.count > 0) problem.show("Some files cannot be read any more", "They are marked in the list. Take them off it or choose them again; all others have arrived.");
    return;
  }
  if (chosen.items.some((item) => !item.isDone)) return goOn();
  become("checking");
  progress.check("");
  const values = fields.read(form);
  await memory.noteWhole(set, values);
  try {
    const job = await deliver(values, chosen.items, (reason) => progress.check(reason));
    await memory.forget(set);
    state = "done";
    window.location.assign(job);
  } catch (trouble) {
    if (!["upload-gone", "upload-unfinished"].includes(trouble.code)) throw trouble;
    // Some have had their time while the computer slept. Which, the server says one by one.
    for (const item of chosen.items) {
      if (await isThere(item)) continue;
      Object.assign(item, { isDone: false, sent: 0 });
    }
    if (chosen.missing.length === 0) return goOn();
    throw trouble;
  }
}

function pause() {
  become("paused");
  transfer.stop();
  progress.pause();
  at("resume").focus();
}

async function stop() {
  transfer.stop();
  become("idle");
  // Nothing is waited for yet: the button can be pressed again at once.
  const given = set;
  set = newSet();
  // The choice stays, as it was before the button was pressed; what has arrived goes.
  for (const item of chosen.items) {
    if (item.url) fetch(item.url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => {});
    Object.assign(item, { url: null, isDone: false, sent: 0, failures: 0 });
  }
  showList();
  at("send").focus();
  await memory.forget(given);
}

// --- What people do -------------------------------------------------------------------------------

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
files.addEventListener("change", () => addChosen(files));
at("folder").addEventListener("change", () => addChosen(at("folder")));
at("choose-folder").hidden = !("webkitdirectory" in at("folder"));
at("choose-folder").addEventListener("click", () => at("folder").click());
at("clear").addEventListener("click", startAfresh);
at("leave-out").addEventListener("click", () => remove(chosen.missing));
at("forget").addEventListener("click", startAfresh);
at("pause").addEventListener("click", pause);
at("resume").addEventListener("click", goOn);
at("stop").addEventListener("click", stop);

// Files may be dropped anywhere on the page: beside the field, a browser would leave the page for
// the file.
const holdsFiles = (event) => event.dataTransfer.types.includes("Files");

document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = state === "idle" ? "copy" : "none";
  form.classList.toggle("is-target", state === "idle");
});

document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) form.classList.remove("is-target");
});

document.addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  form.classList.remove("is-target");
  if (state === "idle") addDropped(event.dataTransfer);
});

window.addEventListener("beforeunload", (event) => {
  if (state === "sending") event.preventDefault();
});

// Back from the job's page, browsers show this page as it was left: with the upload going on.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

// What is wrong is said before hours of uploading, not after. A field that nobody can see says
// nothing, so without this script the service says it.
at("threshold").pattern = at("threshold").dataset.pattern;
at("options").addEventListener("invalid", () => (at("options").open = true), true);

form.classList.add("is-scripted");
files.removeAttribute("required");
files.removeAttribute("name");
showList();
recall();
