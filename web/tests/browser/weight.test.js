// What the upload page costs on a slow line, and that what is not ours in it is what its makers
// published.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { Scene } from "./scene.js";
import { UploadForm } from "./upload_form.js";

const MOST_BYTES = 60_000;
const UPLOAD = path.resolve(import.meta.dirname, "../../static/upload");
const PACKAGES = path.resolve(import.meta.dirname, "node_modules");
const LICENCES = {
  "tus-js-client": "LICENSE",
  "js-base64": "LICENSE.md",
  "url-parse": "LICENSE",
  querystringify: "LICENSE",
  "requires-port": "LICENSE",
};

const scene = Scene.of("weight");

test("the scripts of the upload page are at most 60 kB compressed", async (t) => {
  const { page } = await UploadForm.open(await scene.visit(t));
  const addresses = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
  const scripts = addresses.filter((address) => new URL(address).pathname.endsWith(".js"));
  assert.ok(scripts.length > 5, scripts.join(" "));
  let bytes = 0;
  for (const script of scripts) bytes += gzipSync(Buffer.from(await (await fetch(script)).arrayBuffer())).length;
  t.diagnostic(scripts.length + " scripts, " + bytes + " bytes compressed");
  assert.ok(bytes <= MOST_BYTES, bytes + " bytes");
});

test("tus-js-client is the one that its makers published, with the licences of all that is in it", () => {
  const ours = (name) => readFileSync(path.join(UPLOAD, name), "utf8");
  const theirs = (...parts) => readFileSync(path.join(PACKAGES, ...parts), "utf8");
  assert.ok(ours("tus.min.js") === theirs("tus-js-client/dist/tus.min.js"), "tus.min.js is another one");
  const licences = ours("tus.LICENSES.txt");
  for (const [name, file] of Object.entries(LICENCES)) {
    assert.ok(licences.includes(theirs(name, file).trim()), name);
  }
});
