// Measures how long it takes until the first picture of a job's results is on the screen: a web front
// end that has just started, and a browser without anything in its cache.
//
//     WEB=target/release/trapline-web node web/tests/browser/first_picture.js STORE /jobs/ID/results 7
//
// STORE and the address come from the example `gallery_job`; first_picture.sh does both.

import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { Program } from "./program.js";
import { until } from "./until.js";
import { Visitors } from "./visitors.js";

const [store, address, rounds = "7"] = process.argv.slice(2);

// Milliseconds from the start of a visit; the marks that the browser itself sets.
async function visit(url, isCold) {
  const visitors = await Visitors.of({ url });
  const ends = [];
  const page = await visitors.visit({ after: (end) => ends.push(end) });
  if (isCold) await (await page.context().newCDPSession(page)).send("Network.setCacheDisabled", { cacheDisabled: true });
  await page.addInitScript(() => {
    globalThis.firstPicture = new Promise((found) => {
      new PerformanceObserver((list) => {
        const picture = list.getEntries().find((entry) => entry.element?.tagName === "IMG" && entry.element.closest(".grid"));
        if (picture) found(picture.startTime);
      }).observe({ type: "largest-contentful-paint", buffered: true });
    });
  });
  await page.goto(address);
  const told = await page.evaluate(async () => ({
    picture: await globalThis.firstPicture,
    page: performance.getEntriesByType("navigation")[0].responseEnd,
  }));
  for (const end of ends) await end();
  await visitors.leave();
  return told;
}

async function round() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "trapline-"));
  const env = { PATH: process.env.PATH, TRAPLINE_HOME: folder, STORE_URL: "file://" + path.resolve(store), BIND_ADDR: "127.0.0.1:0", METRICS_ADDR: "off", PUBLIC_URL: "http://localhost" };
  const web = new Program(path.resolve(process.env.WEB), [], env, path.join(folder, "log"));
  const port = await until("the web front end", () => web.said(/listening on http:\/\/127\.0\.0\.1:(\d+)/));
  const url = "http://127.0.0.1:" + port[1];
  const cold = await visit(url, true);
  const warm = await visit(url, true);
  await web.stop();
  await rm(folder, { recursive: true });
  return { "page, cold": cold.page, "first picture, cold": cold.picture, "page, again": warm.page, "first picture, again": warm.picture };
}

const told = [];
for (let number = 0; number < Number(rounds); number += 1) told.push(await round());
for (const name of Object.keys(told[0])) {
  const values = told.map((one) => Math.round(one[name])).toSorted((a, b) => a - b);
  console.log(`${name}: ${values[Math.floor(values.length / 2)]} ms (${values[0]}–${values.at(-1)})`);
}
