// What the upload page costs on a slow line, and that what is not ours in it is what its makers
// published.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { Scene } from "./scene.js";
import { UploadForm } from "./upload_form.js";

const MOST_BYTES = 60_000;
const UPLOAD = path.resolve(import.meta.dirname, "../../static/upload");

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

test("tus-js-client is the one that its makers published", () => {
  const main = fileURLToPath(import.meta.resolve("tus-js-client"));
  const packed = main.slice(0, main.lastIndexOf("tus-js-client") + "tus-js-client".length);
  for (const [ours, theirs] of [["tus.min.js", "dist/tus.min.js"], ["tus.LICENSE", "LICENSE"]]) {
    assert.ok(readFileSync(path.join(UPLOAD, ours)).equals(readFileSync(path.join(packed, theirs))), ours);
  }
});
