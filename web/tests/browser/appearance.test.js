// Every page in every look: axe-core finds nothing serious, nothing sticks out at the side, and a
// picture of it goes to var/screenshots/ for people to look at.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { card, cardFolder, film, PICTURES, SAMPLE_ZIP } from "./batches.js";
import { JobPage } from "./job_page.js";
import { Result } from "./result.js";
import { Scene } from "./scene.js";
import { UploadForm } from "./upload_form.js";

const SCREENSHOTS = path.resolve(import.meta.dirname, "../../../var/screenshots");
const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

const LOOKS = {
  desktop: { width: 1280, height: 900, scheme: "light" },
  "desktop-dark": { width: 1280, height: 900, scheme: "dark" },
  projector: { width: 1920, height: 1080, scheme: "light" },
  phone: { width: 360, height: 740, scheme: "light" },
  "phone-dark": { width: 360, height: 740, scheme: "dark" },
};

let service, done, running;

const scene = Scene.of("appearance", async (started) => {
  await mkdir(SCREENSHOTS, { recursive: true });
  service = started;
  done = await service.submit(SAMPLE_ZIP);
  await service.stage(done, "done");
  running = await service.submit(card(40));
  await service.pauseAmid(running);
});

// The pages, and how to get to each.
const PAGES = {
  upload: (page) => page.goto("/"),
  "upload-options": async (page) => (await UploadForm.open(page)).openOptions(),
  "upload-chosen": async (page) => {
    const form = await UploadForm.open(page);
    await form.fill({ files: PICTURES });
    await form.drop([await cardFolder(service.folder)]);
    await page.getByText(/^16 files/).waitFor();
  },
  "upload-many-under-way": async (page) => {
    const form = await UploadForm.open(page);
    await form.fill({ files: PICTURES });
    await form.drop([await cardFolder(service.folder)]);
    await page.getByText(/^16 files/).waitFor();
    service.line.hold(20_000);
    await form.send.click();
    await page.locator("#under-way li").nth(3).waitFor();
  },
  "upload-paused": async (page) => {
    await PAGES["upload-under-way"](page);
    await page.getByRole("button", { name: "Pause", exact: true }).click();
  },
  "upload-line-lost": async (page) => {
    await PAGES["upload-under-way"](page);
    await page.context().setOffline(true);
    service.line.cut();
    await page.getByText("The connection is lost").waitFor();
  },
  "upload-unfinished": async (page) => {
    page.on("dialog", (dialog) => dialog.accept());
    await PAGES["upload-under-way"](page);
    await page.reload();
    await page.getByRole("heading", { name: "An upload is unfinished" }).waitFor();
  },
  "upload-under-way": async (page) => {
    const form = await UploadForm.open(page);
    await form.fill({ files: [await film(service.folder)] });
    service.line.hold(1_000_000);
    await form.send.click();
    await form.amount(/^[\d.]+ MB of 40 MB/).waitFor();
  },
  "upload-refused": async (page) => {
    const form = await UploadForm.open(page);
    await form.fill({ files: { name: "spring.zip", mimeType: "application/zip", buffer: Buffer.from("no zip") } });
    await form.send.click();
    await form.problem.getByRole("heading").waitFor();
  },
  "job-waiting": async (page) => {
    await page.goto(await service.submit(card(5)));
    await new JobPage(page).heading("Your upload is accepted").waitFor();
  },
  "job-running": async (page) => {
    await page.goto(running);
    await new JobPage(page).progress();
  },
  "job-done": async (page) => {
    await page.goto(done);
    await new JobPage(page).isDone();
  },
  "job-cancelled": async (page) => {
    const job = await service.submit(card(5));
    await page.goto(job + "/cancel");
    await page.getByRole("button", { name: "Yes, cancel it" }).click();
    await new JobPage(page).heading("This job was cancelled").waitFor();
  },
  results: (page) => looked(page, "/results"),
  "results-filtered": async (page) => {
    await looked(page, "/results?show=animal&from_hour=0&to_hour=23&near=yes");
    await page.getByText("Clear the filters").waitFor();
  },
  "results-nothing": async (page) => {
    await page.goto(done + "/results?least=1&show=vehicle");
    await page.getByText("Nothing here fits").waitFor();
  },
  "picture-over-list": async (page) => {
    await looked(page, "/results?show=animal");
    await page.locator(".grid .tile-link").first().click();
    await page.getByRole("dialog").getByRole("heading", { name: "What is known of it" }).waitFor();
  },
  picture: (page) => looked(page, "/results/media/1"),
  figures: async (page) => {
    await page.goto(done + "/results/figures");
    await page.locator("#figures summary").first().click();
  },
  blanks: (page) => looked(page, "/results/blanks"),
  "blanks-answered": async (page) => {
    await looked(page, "/results/blanks?place=1");
    await page.getByRole("button", { name: "No, it is blank" }).click();
    await page.locator(".verdict").getByText(/^0 missed in \d+/).waitFor();
  },
  corrections: (page) => looked(page, "/results/corrections"),
  // The report in the package, as somebody opens it who has no network.
  report: async (page) => {
    const { files } = await Result.fetch(service.url + done + "/results.zip");
    const report = path.join(service.folder, "report.html");
    await writeFile(report, files["report.html"]);
    await page.context().setOffline(true);
    await page.goto("file://" + report);
    await page.locator("summary").first().click();
    assert.equal(await page.locator("svg.plot").count(), 5);
  },
  confirm: (page) => page.goto(done + "/delete"),
  message: (page) => page.goto("/jobs/" + "a".repeat(26)),
};

// Opens a page of results, and waits for its pictures, those below the edge too.
async function looked(page, address) {
  await page.goto(done + address);
  await page.evaluate(async () => {
    for (const image of document.images) {
      image.loading = "eager";
      await image.decode();
    }
  });
}

async function axeFindings(page) {
  // Given by the remote control, so that the page's policy need not allow it.
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  assert.ok(found.passes.some((rule) => rule.id === "color-contrast"), "axe-core did not look at the colours");
  const serious = found.violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
  return serious.map((violation) => violation.id + ": " + violation.nodes.map((node) => node.html).join(" "));
}

function overhang(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

for (const [name, open] of Object.entries(PAGES)) {
  test("the page " + name + " can be read and used by all, in every look", async (t) => {
    const page = await scene.visit(t, { refusals: [409, 410, 422], breaks: ["net::"] });
    t.after(() => service.line.release());
    await open(page);
    for (const [look, { scheme, ...size }] of Object.entries(LOOKS)) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize(size);
      await page.screenshot({ path: path.join(SCREENSHOTS, name + "-" + look + ".png"), fullPage: true });
      assert.equal(await overhang(page), 0, "sideways scrolling: " + look);
      assert.deepEqual(await axeFindings(page), [], look);
    }
  });
}
