// Uploads over bad lines: whatever happens to the line, the server or the page, what is stored is
// what was chosen.

import assert from "node:assert/strict";
import { createHash, randomBytes, randomInt } from "node:crypto";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import { cardFolder, PICTURES } from "./batches.js";
import { JobPage } from "./job_page.js";
import { Result } from "./result.js";
import { Scene } from "./scene.js";
import { until } from "./until.js";
import { UploadForm } from "./upload_form.js";

const MEGABYTE = 1_000_000;
const CUTS = 50;
// What the browser says to a line that breaks, and the server to requests that a break has made
// stale: the browser repeats some by itself.
const BREAKS = ["net::"];
const REFUSALS = [408, 409, 410, 422, 423, 502, 503];

const scene = Scene.of("resumable");

const hashOf = (bytes) => createHash("sha256").update(bytes).digest("hex");

// A picture of so many bytes on the disk: what follows its end is not looked at.
async function largePicture(name, bytes) {
  const file = path.join(scene.service.folder, name);
  await writeFile(file, Buffer.concat([PICTURES[0].buffer, randomBytes(bytes)]));
  return file;
}

// Waits for the job's page and compares what is stored with what was chosen, in any order.
async function isStoredWhole(page, sources) {
  // On a slow disk each of the cuts costs two waits for it.
  await page.waitForURL(/\/jobs\/\w+$/, { timeout: 300_000 });
  const folder = scene.service.uploads(new URL(page.url()).pathname.slice(1));
  const stored = await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name))));
  const expected = await Promise.all(sources.map((source) => readFile(source)));
  assert.deepEqual(stored.map(hashOf).sort(), expected.map(hashOf).sort());
}

async function visit(t) {
  const page = await scene.visit(t, { refusals: REFUSALS, breaks: BREAKS });
  t.after(() => {
    scene.service.line.cutAfter([]);
    scene.service.line.release();
  });
  return UploadForm.open(page);
}

// Lets the page not wait long for the line.
function hurry(page) {
  return page.evaluate(() => window.setInterval(() => window.dispatchEvent(new Event("online")), 50));
}

// The sizes of uploads that are no job yet, by their ids.
async function spooled() {
  const folder = path.join(scene.service.folder, "store", "uploads");
  const names = (await readdir(folder)).filter((name) => !name.includes("."));
  // One may be removed meanwhile.
  const sizes = names.map(async (name) => [name, (await stat(path.join(folder, name)).catch(() => null))?.size]);
  return new Map((await Promise.all(sizes)).filter(([, size]) => size !== undefined));
}

// Begins to upload a file, holds the line when some of it has passed, and gives the upload's id.
async function holdAmid(form, file) {
  const before = await spooled();
  await form.fill({ files: [file] });
  scene.service.line.hold(6 * MEGABYTE);
  await form.send.click();
  const id = await until("the first part on the disk", async () => {
    for (const [id, size] of await spooled()) if (!before.has(id) && size > 4 * MEGABYTE) return id;
    return null;
  });
  await until("the page to remember it", () => isRemembered(form.page, id));
  return id;
}

// Whether a page would know of an upload if it were loaded anew.
function isRemembered(page, id) {
  return page.evaluate(async (id) => {
    const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
    const base = await done(indexedDB.open("trapline"));
    const notes = await done(base.transaction("files").objectStore("files").getAll());
    base.close();
    return notes.some(({ url }) => url?.endsWith(id));
  }, id);
}

test("a line that is cut at " + CUTS + " random places costs nothing but time", async (t) => {
  const file = await largePicture("large.jpg", 20 * MEGABYTE);
  const form = await visit(t);
  await hurry(form.page);
  await form.fill({ files: [file] });
  const { line } = scene.service;
  line.cutAfter(Array.from({ length: CUTS }, () => randomInt(20_000, 600_000)));
  await form.send.click();
  await isStoredWhole(form.page, [file]);
  assert.equal(line.cutsLeft, 0);
  await new JobPage(form.page).isDone();
});

test("many pictures arrive over a line that is cut again and again", async (t) => {
  const folder = await cardFolder(scene.service.folder, "cut", 60);
  const inner = path.join(folder, "DCIM", "100RECNX");
  const files = (await readdir(inner)).filter((name) => name.endsWith(".JPG")).map((name) => path.join(inner, name));
  const form = await visit(t);
  await hurry(form.page);
  await form.fill({ files });
  scene.service.line.cutAfter(Array.from({ length: CUTS }, () => randomInt(2000, 100_000)));
  await form.send.click();
  await isStoredWhole(form.page, files);
});

test("a server that is killed in the middle is gone on with when it is back", async (t) => {
  const file = await largePicture("killed.jpg", 20 * MEGABYTE);
  const form = await visit(t);
  await holdAmid(form, file);
  await scene.service.web.kill();
  scene.service.line.release();
  await form.page.getByText("The connection is lost").waitFor();
  await scene.service.startWeb();
  scene.service.line.passed = 0;
  await isStoredWhole(form.page, [file]);
  assert.ok(scene.service.line.passed < 19 * MEGABYTE, "all of it was sent again");
});

test("a line that fell silent while the computer slept is given up, and another one taken", async (t) => {
  const file = await largePicture("slept.jpg", 20 * MEGABYTE);
  const page = await scene.visit(t, { refusals: REFUSALS, breaks: BREAKS });
  t.after(() => scene.service.line.release());
  await page.clock.install();
  const form = await UploadForm.open(page);
  await holdAmid(form, file);
  await until("the line to be silent", () => scene.service.line.isHolding);
  scene.service.line.forget();
  scene.service.line.passed = 0;
  await page.clock.fastForward(3_600_000);
  await isStoredWhole(page, [file]);
  assert.ok(scene.service.line.passed < 19 * MEGABYTE, "all of it was sent again");
});

test("a server that is restarted in the middle keeps what has arrived", async (t) => {
  const file = await largePicture("restarted.jpg", 20 * MEGABYTE);
  const form = await visit(t);
  await holdAmid(form, file);
  await scene.service.web.stop();
  scene.service.line.release();
  await scene.service.startWeb();
  await isStoredWhole(form.page, [file]);
});

test("a page that is loaded anew in the middle goes on where it was when the file is chosen again", async (t) => {
  const file = await largePicture("reloaded.jpg", 20 * MEGABYTE);
  const form = await visit(t);
  await form.openOptions();
  await form.page.getByLabel("Confidence threshold").fill("0.35");
  const asked = [];
  form.page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    dialog.accept();
  });
  await holdAmid(form, file);
  await form.page.reload();
  assert.deepEqual(asked, ["beforeunload"]);
  scene.service.line.release();
  await form.isReady();
  await form.page.getByRole("heading", { name: "An upload is unfinished" }).waitFor();
  assert.equal(await form.email.inputValue(), "ada@example.org");
  assert.equal(await form.page.getByLabel("Confidence threshold").inputValue(), "0.35");
  await form.send.click();
  assert.match(await form.complaintAbout(form.files), /Choose 1 file of the unfinished upload again/);
  await form.files.setInputFiles([file]);
  scene.service.line.passed = 0;
  await form.send.click();
  await isStoredWhole(form.page, [file]);
  assert.ok(scene.service.line.passed < 19 * MEGABYTE, "all of it was sent again");
  // When the job ends its page loads itself anew, which must not come between.
  await new JobPage(form.page).isDone();
  await form.page.getByText("0.35", { exact: true }).waitFor();
  await form.page.goto("/");
  await form.isReady();
  assert.ok(await form.page.getByRole("heading", { name: "An upload is unfinished" }).isHidden());
});

test("an unfinished upload can be forgotten", async (t) => {
  const file = await largePicture("forgotten.jpg", 20 * MEGABYTE);
  const form = await visit(t);
  form.page.on("dialog", (dialog) => dialog.accept());
  const id = await holdAmid(form, file);
  await form.page.reload();
  scene.service.line.release();
  await form.page.getByRole("button", { name: "Forget this upload" }).click();
  await until("its bytes to go", async () => !(await spooled()).has(id));
  await form.page.reload();
  await form.isReady();
  assert.deepEqual(await form.chosenFiles(), []);
});

test("an upload can be paused and goes on where it was", async (t) => {
  const file = await largePicture("rested.jpg", 20 * MEGABYTE);
  const form = await visit(t);
  await holdAmid(form, file);
  await form.page.getByRole("button", { name: "Pause", exact: true }).click();
  await form.page.getByText("Paused", { exact: true }).waitFor();
  scene.service.line.release();
  scene.service.line.passed = 0;
  await form.page.getByRole("button", { name: "Go on" }).click();
  await isStoredWhole(form.page, [file]);
  assert.ok(scene.service.line.passed < 19 * MEGABYTE, "all of it was sent again");
});

test("a file can be left out while others are under way", async (t) => {
  const [file, other] = [await largePicture("kept.jpg", MEGABYTE), await largePicture("left-out.jpg", 20 * MEGABYTE)];
  const form = await visit(t);
  await form.fill({ files: [file, other] });
  scene.service.line.hold(6 * MEGABYTE);
  await form.send.click();
  await form.page.getByRole("button", { name: "Leave out left-out.jpg" }).click();
  await isStoredWhole(form.page, [file]);
});

test("a lost answer is asked for again and there is one job", async (t) => {
  const form = await visit(t);
  await hurry(form.page);
  let asked = 0;
  await form.page.route("**/jobs", async (route) => {
    asked += 1;
    if (asked > 1) return route.continue();
    await route.fetch();
    await route.abort("connectionreset");
  });
  const before = await readdir(path.join(scene.service.folder, "store/jobs"));
  const file = await largePicture("asked.jpg", 1000);
  await form.fill({ files: [file] });
  await form.send.click();
  await isStoredWhole(form.page, [file]);
  assert.equal(asked, 2);
  const after = await readdir(path.join(scene.service.folder, "store/jobs"));
  assert.equal(after.length, before.length + 1);
});

test("when all has arrived, a page that is loaded anew makes the job without being asked", async (t) => {
  const form = await visit(t);
  await form.page.route("**/jobs", (route) => route.abort("connectionreset"));
  const file = await largePicture("arrived.jpg", 1000);
  await form.fill({ files: [file] });
  await form.send.click();
  await form.page.getByText("The connection is lost").waitFor();
  // In this order: the page that is left must not make the job.
  await form.page.reload();
  await form.page.unroute("**/jobs");
  await isStoredWhole(form.page, [file]);
});

test("a service that cannot make the job yet is asked again, and not taken for a lost line", async (t) => {
  const form = await visit(t);
  let isBusy = true;
  await form.page.route("**/jobs", (route) => (isBusy ? route.fulfill({ status: 503 }) : route.continue()));
  const file = await largePicture("patient.jpg", 1000);
  await form.fill({ files: [file] });
  await form.send.click();
  await form.page.getByText("The service cannot take it yet").waitFor();
  isBusy = false;
  await isStoredWhole(form.page, [file]);
});

test("a service that takes no uploads just now is waited for, and the page says what it says", async (t) => {
  const form = await visit(t);
  let isBusy = true;
  const told = { status: 503, code: "not-ready", title: "No uploads can be taken just now", detail: "Try again." };
  const answer = { status: 503, contentType: "application/problem+json", body: JSON.stringify(told) };
  await form.page.route("**/uploads", (route) => (isBusy ? route.fulfill(answer) : route.continue()));
  const file = await largePicture("waiting.jpg", 1000);
  await form.fill({ files: [file] });
  await form.send.click();
  await form.page.locator("#progress-label", { hasText: told.title }).waitFor();
  isBusy = false;
  await isStoredWhole(form.page, [file]);
});

test("a form that came too slowly when all files have arrived is sent again", async (t) => {
  const form = await visit(t);
  let asked = 0;
  await form.page.route("**/jobs", (route) => (++asked === 1 ? route.fulfill({ status: 408 }) : route.continue()));
  const file = await largePicture("slow-form.jpg", 1000);
  await form.fill({ files: [file] });
  await form.send.click();
  await isStoredWhole(form.page, [file]);
  assert.equal(asked, 2);
});

test("after a refusal a page that is loaded anew waits for somebody's decision", async (t) => {
  const form = await visit(t);
  const file = await largePicture("good.jpg", 1000);
  const bad = path.join(scene.service.folder, "bad.zip");
  await writeFile(bad, "This is no zip.");
  await form.fill({ files: [file, bad] });
  await form.send.click();
  await form.problem.getByText("A zip cannot be used").waitFor();
  await form.page.reload();
  await form.page.getByRole("button", { name: "Remove bad.zip" }).click();
  assert.deepEqual(await form.chosenFiles(), ["good.jpg"]);
  await form.send.click();
  await isStoredWhole(form.page, [file]);
});

test("files that had their time on the server are sent again", async (t) => {
  const form = await visit(t);
  const file = await largePicture("expired.jpg", 1000);
  let asked = 0;
  await form.page.route("**/jobs", async (route) => {
    asked += 1;
    const folder = path.join(scene.service.folder, "store", "uploads");
    if (asked === 1) for (const id of (await spooled()).keys()) await rm(path.join(folder, id));
    await route.continue();
  });
  await form.fill({ files: [file] });
  await form.send.click();
  await isStoredWhole(form.page, [file]);
  assert.equal(asked, 2);
});

test("folders that are dropped keep their places and leave their films behind", async (t) => {
  const folders = [await cardFolder(scene.service.folder, "north", 5), await cardFolder(scene.service.folder, "south", 5)];
  const form = await visit(t);
  await form.drop(folders);
  await form.page.getByText("2 files of the folders that are no pictures are left out.").waitFor();
  assert.deepEqual(await form.chosenFiles(), ["north/", "south/"]);
  // A card's own folder tells no camera.
  const hint = form.page.getByText("nobody could tell its camera");
  assert.ok(await hint.isHidden());
  await form.drop([path.join(folders[0], "DCIM")]);
  await hint.waitFor();
  await form.page.getByRole("button", { name: "Remove DCIM/" }).click();
  await hint.waitFor({ state: "hidden" });
  await form.email.fill("ada@example.org");
  await form.send.click();
  await form.page.waitForURL(/\/jobs\/\w+$/);
  const job = new JobPage(form.page);
  await job.isDone();
  const result = new Result((await job.download()).file);
  assert.equal(result.images.length, 10);
  assert.equal(result.images[0].file_path, "north/DCIM/100RECNX/RCNX0000.JPG");
  assert.deepEqual([...new Set(result.images.map((image) => image.camera_folder))], ["north", "south"]);
});

// Lets a test decide, for each folder that is dropped from now on, how it can be read.
function decideReading(page, decide) {
  return page.evaluate((decision) => {
    const decide = new Function("return " + decision)();
    const { webkitGetAsEntry } = DataTransferItem.prototype;
    DataTransferItem.prototype.webkitGetAsEntry = function () {
      const entry = webkitGetAsEntry.call(this);
      const kind = Object.getPrototypeOf(entry);
      const { createReader } = kind;
      kind.createReader = function () {
        const reader = createReader.call(this);
        const readEntries = reader.readEntries.bind(reader);
        reader.readEntries = (found, failed) => decide(this.name, () => readEntries(found, failed), failed);
        return reader;
      };
      return entry;
    };
  }, String(decide));
}

test("a folder that is still being read is not sent half", async (t) => {
  const folders = [await cardFolder(scene.service.folder, "slow", 5)];
  const form = await visit(t);
  await form.page.evaluate(() => {
    window.isReleased = new Promise((release) => (window.release = release));
  });
  await decideReading(form.page, (_, go) => window.isReleased.then(go));
  await form.fill({ files: PICTURES });
  await form.drop(folders);
  await until("the folder to be read", async () => (await form.complaintAbout(form.files)).includes("still being read"));
  await form.send.click();
  assert.ok(await form.send.isVisible());
  await form.page.evaluate(() => window.release());
  await form.page.getByText(/^9 files, /).waitFor();
  await form.send.click();
  await form.page.waitForURL(/\/jobs\/\w+$/);
  assert.equal((await readdir(scene.service.uploads(new URL(form.page.url()).pathname.slice(1)))).length, 9);
});

test("what of a folder cannot be read is said", async (t) => {
  const folders = [await cardFolder(scene.service.folder, "torn", 3)];
  const form = await visit(t);
  await decideReading(form.page, (name, go, failed) => (name === "100RECNX" ? failed(new DOMException("gone", "NotReadableError")) : go()));
  await form.fill({ files: PICTURES });
  await form.drop(folders);
  await form.problem.getByText("1 file or folder in it cannot be read").waitFor();
  assert.deepEqual((await form.chosenFiles()).length, PICTURES.length);
});

test("an answer that is not the server's is no reason to begin anew", async (t) => {
  const file = await largePicture("proxied.jpg", 20 * MEGABYTE);
  const form = await visit(t);
  await hurry(form.page);
  const begun = [];
  form.page.on("request", (request) => request.method() === "POST" && begun.push(request.url()));
  await holdAmid(form, file);
  let asked = 0;
  await form.page.route("**/uploads/*", (route) => {
    if (route.request().method() !== "HEAD" || asked >= 3) return route.continue();
    asked += 1;
    return route.fulfill({ status: 502, body: "Bad Gateway" });
  });
  scene.service.line.cut();
  scene.service.line.release();
  await isStoredWhole(form.page, [file]);
  assert.equal(asked, 3);
  assert.deepEqual(begun.map((url) => new URL(url).pathname), ["/uploads", "/jobs"]);
});

test("a folder that is chosen keeps its places", async (t) => {
  const folder = await cardFolder(scene.service.folder, "chosen", 3);
  const form = await visit(t);
  await form.page.locator("#folder").setInputFiles(folder);
  assert.deepEqual(await form.chosenFiles(), ["chosen/"]);
  await form.page.locator("#files-chosen").filter({ hasText: /^3 files, / }).waitFor();
  await form.page.getByText("1 file of the folders that is no picture is left out.").waitFor();
});

test("ten thousand pictures leave the page light", async (t) => {
  const form = await visit(t);
  await form.page.evaluate((number) => {
    const data = new DataTransfer();
    for (let n = 0; n < number; n += 1) data.items.add(new File([String(n)], n + ".jpg", { lastModified: n }));
    const files = document.getElementById("files");
    files.files = data.files;
    files.dispatchEvent(new Event("change"));
  }, 10_000);
  await form.page.getByText("10,000 files, 39 kB").waitFor();
  assert.equal((await form.chosenFiles()).length, 12);
  await form.page.getByText("and 9,988 more").waitFor();
  await form.email.fill("ada@example.org");
  await form.send.click();
  await form.page.getByText(/^[1-9][\d,]* of 10,000 files$/).waitFor();
  assert.ok((await form.page.locator("#under-way li").count()) <= 4);
  await form.page.getByRole("button", { name: "Stop the upload" }).click();
  await form.send.waitFor();
});
