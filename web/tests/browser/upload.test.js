// From the form to the deleted result, as researchers go.

import assert from "node:assert/strict";
import { test } from "node:test";

import { card, film, PICTURES, SAMPLE_ZIP } from "./batches.js";
import { JobPage } from "./job_page.js";
import { Result } from "./result.js";
import { Scene } from "./scene.js";
import { until } from "./until.js";
import { UploadForm } from "./upload_form.js";

const scene = Scene.of("upload");

async function downloadsWhatThePageCounts(job) {
  const { name, file } = await job.download();
  assert.match(name, /^trapline-.*\.zip$/);
  const result = new Result(file);
  assert.deepEqual(await job.counts(), result.counts());
  assert.ok(Object.keys(result.files).some((name) => name.startsWith("annotated/")));
  assert.ok(result.files["results.xlsx"].length > 1000);
  return result;
}

async function deletesEverything(job) {
  const { page } = job;
  const address = page.url();
  await page.getByRole("link", { name: "Delete everything now" }).click();
  await page.getByRole("button", { name: "Yes, delete everything" }).click();
  await page.getByRole("heading", { name: "Everything is deleted" }).waitFor();
  for (const gone of [address, address + "/results.zip"]) {
    assert.equal((await page.goto(gone)).status(), 410);
    await page.getByRole("heading", { name: "This job is not here any more" }).waitFor();
  }
}

for (const scripts of [true, false]) {
  const how = scripts ? "with scripts" : "without scripts";

  test("the form states its limits and has the defaults chosen, " + how, async (t) => {
    const form = await UploadForm.open(await scene.visit(t, { scripts }));
    await form.page.getByText("up to 69 GB and 20,000 files in one upload").waitFor();
    await form.page.getByText("kept for 14 days").waitFor();
    assert.equal(await form.email.inputValue(), "");
    await form.openOptions();
    // While the records let it wait, the page does not know the models.
    await until("the model", async () => {
      if (await form.page.getByLabel("Model").inputValue()) return true;
      await form.page.reload();
      await form.openOptions();
      return false;
    });
    assert.equal(await form.page.getByLabel("Confidence threshold").inputValue(), "");
    const chosen = await form.page.locator("input:checked").evaluateAll((inputs) => inputs.map((input) => input.name + "=" + input.value));
    assert.deepEqual(chosen, ["annotate=detections", "blur=person"]);
  });

  test("a zip becomes a result that can be downloaded and deleted, " + how, async (t) => {
    const form = await UploadForm.open(await scene.visit(t, { scripts, refusals: [410] }));
    await form.fill({ files: SAMPLE_ZIP });
    await form.openOptions();
    await form.page.getByLabel("Confidence threshold").fill("0,25");
    await form.send.click();
    await form.page.waitForURL(/\/jobs\/\w+$/);
    const job = new JobPage(form.page);
    // Without scripts the page loads itself anew.
    await job.isDone();
    await form.page.getByRole("definition").getByText("spring.zip", { exact: true }).waitFor();
    // A name in it is not Unicode.
    await form.page.getByText("shift-jis").first().waitFor();
    await form.page.getByText("0.25", { exact: true }).waitFor();
    const result = await downloadsWhatThePageCounts(job);
    assert.equal(result.run.options.threshold, 0.25);
    assert.equal(result.run.counts.files, 23);
    await deletesEverything(job);
  });
}

// Without TLS browsers do not say that a form is sent from its own site, other than by its address.
for (const scripts of [true, false]) {
  const how = scripts ? "with scripts" : "without scripts";

  test("in a network without TLS, forms are sent too, " + how, async (t) => {
    const form = await UploadForm.open(await scene.visit(t, { scripts, plain: true, refusals: [410] }));
    await form.fill({ files: card(10) });
    await scene.service.worker.pause();
    t.after(() => scene.service.worker.resume());
    await form.send.click();
    const { page } = form;
    await page.waitForURL(/\/jobs\/\w+$/);
    assert.equal(await page.evaluate(() => isSecureContext), false);
    await page.getByRole("link", { name: "Cancel this job" }).click();
    await page.getByRole("button", { name: "Yes, cancel it" }).click();
    await page.getByRole("heading", { name: "This job was cancelled" }).waitFor();
    await deletesEverything(new JobPage(page));
  });
}

test("while the upload is on the line, the page shows how far it is", async (t) => {
  const form = await UploadForm.open(await scene.visit(t, { refusals: [422] }));
  await form.fill({ files: [await film(scene.service.folder)] });
  t.after(() => scene.service.line.release());
  scene.service.line.hold(1_000_000);
  await form.send.click();
  await form.amount(/^[\d.]+ MB of 40 MB/).waitFor();
  const share = Number(await form.page.getByRole("progressbar", { name: "Uploading" }).getAttribute("value"));
  assert.ok(share > 0 && share < 1, String(share));
  await form.page.getByRole("button", { name: "Stop the upload" }).click();
  assert.ok(await form.send.isEnabled());
  assert.deepEqual(await form.chosenFiles(), ["RCNX0007.MP4"]);

  await form.send.click();
  await form.amount(/^[\d.]+ MB of 40 MB/).waitFor();
  scene.service.line.release();
  // A film is no picture.
  await form.problem.getByText("There are no pictures in the upload").waitFor();
  assert.deepEqual(await form.chosenFiles(), ["RCNX0007.MP4"]);
});

test("the page follows its job to the end without being loaded for it", async (t) => {
  const path = await scene.service.submit(card(80));
  const page = await scene.visit(t);
  const job = new JobPage(page);
  t.after(() => scene.service.worker.resume());
  await page.goto(path);
  await scene.service.pauseAmid(path);
  const first = await job.progress();
  assert.match(first, /^[1-9]\d* of 80 images$/);
  await job.mark();
  scene.service.worker.resume();
  assert.match(await job.progressOfMarked(first), /^[1-9]\d* of 80 images$/);
  await job.isDone();
  await downloadsWhatThePageCounts(job);
});

test("pictures that are dropped on the form are taken", async (t) => {
  const form = await UploadForm.open(await scene.visit(t));
  const dropped = await form.page.evaluateHandle((pictures) => {
    const data = new DataTransfer();
    for (const { name, base64 } of pictures) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name, { type: "image/jpeg" }));
    }
    return data;
  }, PICTURES.map(({ name, buffer }) => ({ name, base64: buffer.toString("base64") })));
  const area = form.page.locator("#upload");
  await area.dispatchEvent("dragover", { dataTransfer: dropped });
  await form.page.locator("#upload.is-target").waitFor();
  await area.dispatchEvent("drop", { dataTransfer: dropped });
  assert.deepEqual(await form.chosenFiles(), PICTURES.map((picture) => picture.name));
  await form.page.getByText(/^4 files, \d+ kB$/).waitFor();
  assert.equal(await form.complaintAbout(form.files), "");
  await form.fill({});
  await form.send.click();
  const job = new JobPage(form.page);
  await job.isDone();
  const result = await downloadsWhatThePageCounts(job);
  assert.deepEqual(result.images.map((image) => image.file_path), PICTURES.map((picture) => picture.name));
});

test("the keyboard is enough for an upload", async (t) => {
  const { page, email, files } = await UploadForm.open(await scene.visit(t));
  // Asked for long before the key is pressed: a chooser that opens earlier is never told of.
  const opened = page.waitForEvent("filechooser");
  const nameOf = (element) => element.id || element.getAttribute("aria-label") || element.textContent.trim();
  const focused = async () => (await page.evaluateHandle(() => document.activeElement)).evaluate(nameOf);
  const next = async () => {
    await page.keyboard.press("Tab");
    return focused();
  };
  assert.equal(await next(), "Skip to the content");
  await page.keyboard.press("Enter");
  assert.equal(await next(), "email");
  await page.keyboard.type("ada@example.org");
  assert.equal(await next(), "files");
  await page.keyboard.press("Space");
  const chooser = await opened;
  await chooser.setFiles(PICTURES);
  assert.equal(await email.inputValue(), "ada@example.org");
  await files.focus();
  assert.equal(await next(), "choose-folder");
  assert.equal(await next(), "clear");
  for (const { name } of PICTURES) assert.equal(await next(), "Remove " + name);
  assert.match(await next(), /^Options/);
  assert.equal(await next(), "send");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/jobs\/\w+$/);
  await new JobPage(page).isDone();
});

test("a job can be cancelled", async (t) => {
  await scene.service.worker.pause();
  t.after(() => scene.service.worker.resume());
  const path = await scene.service.submit(card(10));
  const page = await scene.visit(t);
  await page.goto(path);
  await page.getByRole("heading", { name: "Your upload is accepted" }).waitFor();
  await page.getByRole("link", { name: "Cancel this job" }).click();
  await page.getByRole("link", { name: "No, go back" }).click();
  await page.getByRole("link", { name: "Cancel this job" }).click();
  await page.getByRole("button", { name: "Yes, cancel it" }).click();
  await page.getByRole("heading", { name: "This job was cancelled" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Download the result" }).count(), 0);
});

test("the link in the mail opens the result", async (t) => {
  const path = await scene.service.submit(SAMPLE_ZIP);
  await scene.service.stage(path, "done");
  const link = await scene.service.mailedLink("done", path);
  assert.equal(link, scene.service.url + path);
  const page = await scene.visit(t);
  await page.goto(link);
  const job = new JobPage(page);
  await job.isDone();
  await downloadsWhatThePageCounts(job);
});
