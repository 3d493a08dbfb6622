// What pages cost on a slow line.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SAMPLE_ZIP } from "./batches.js";
import { ResultsPage } from "./results_page.js";
import { Scene } from "./scene.js";
import { UploadForm } from "./upload_form.js";

const MOST_BYTES = { upload: 60_000, results: 150_000 };

const scene = Scene.of("weight");

// What came over the line for a page and all that it loaded, by the endings of their names.
function loaded(page) {
  return page.evaluate(() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return entries.map(({ name, encodedBodySize, decodedBodySize }) => ({ path: new URL(name).pathname, encodedBodySize, decodedBodySize }));
  });
}

function scriptsOf(t, files) {
  const scripts = files.filter((file) => file.path.endsWith(".js"));
  const bytes = scripts.reduce((sum, script) => sum + script.encodedBodySize, 0);
  t.diagnostic(scripts.length + " scripts, " + bytes + " bytes on the line");
  assert.ok(scripts.length > 5 && bytes > 1000, scripts.map((script) => script.path).join(" "));
  return bytes;
}

// Small ones may not become smaller.
function isCompressed(files) {
  for (const file of files.filter(({ path, decodedBodySize }) => !/\/(thumbnail|preview)$/.test(path) && decodedBodySize > 2000)) {
    assert.ok(file.encodedBodySize < 0.75 * file.decodedBodySize, JSON.stringify(file));
  }
}

test("the scripts of the upload page are at most 60 kB on the line", async (t) => {
  const { page } = await UploadForm.open(await scene.visit(t));
  const files = await loaded(page);
  assert.ok(scriptsOf(t, files) <= MOST_BYTES.upload);
  isCompressed(files);
});

test("the scripts of the results page are at most 150 kB on the line", async (t) => {
  const job = await scene.service.submit(SAMPLE_ZIP);
  await scene.service.stage(job, "done");
  const page = await scene.visit(t);
  await ResultsPage.open(page, job);
  const files = await loaded(page);
  assert.ok(scriptsOf(t, files) <= MOST_BYTES.results);
  isCompressed(files);
  await page.goto(job + "/results/figures");
  isCompressed(await loaded(page));
});
