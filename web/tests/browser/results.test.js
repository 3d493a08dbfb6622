// Looking at results: the list, the slider, filters, figures, the large view, corrections, the check
// of blanks.

import assert from "node:assert/strict";
import { test } from "node:test";

import { card, SAMPLE_ZIP } from "./batches.js";
import { JobPage } from "./job_page.js";
import { Result } from "./result.js";
import { ResultsPage } from "./results_page.js";
import { Scene } from "./scene.js";
import { until } from "./until.js";

let job, result;

const scene = Scene.of("results", async (service) => {
  job = await service.submit(SAMPLE_ZIP, card(30));
  await service.stage(job, "done");
  result = await Result.fetch(service.url + job + "/results.zip");
});

// The counts of the chips from the tables of the package.
function expected(threshold) {
  const counts = result.countsAt(threshold);
  return { everything: counts.files, animals: counts.animal, people: counts.person, vehicles: counts.vehicle, blank: counts.blank, "could not be read": counts.failed, "not pictures": counts.skipped };
}

for (const scripts of [true, false]) {
  const how = scripts ? "with scripts" : "without scripts";

  test("the job's page leads to its pictures, " + how, async (t) => {
    const page = await scene.visit(t, { scripts });
    await page.goto(job);
    await page.getByRole("link", { name: "Look at the pictures" }).click();
    await page.waitForURL(/\/results/);
    const results = new ResultsPage(page);
    assert.deepEqual(await results.counts(), expected(result.run.options.threshold));
    assert.equal(await results.listed(), result.run.counts.files);
    if (scripts) await results.picturesAreThere();
  });

  test("filters lead to what the tables say, and the address keeps them, " + how, async (t) => {
    const results = await ResultsPage.open(await scene.visit(t, { scripts }), job);
    const camera = result.images[0].camera_folder;
    await results.openFilters();
    await results.page.getByLabel(/^Camera/).selectOption(camera);
    if (!scripts) await results.page.getByRole("button", { name: "Show" }).click();
    await results.isAt(["camera", camera]);
    const own = result.images.filter((image) => image.camera_folder === camera);
    await results.kind("blank").click();
    await results.isAt(["camera", camera], ["show", "blank"]);
    const blank = own.filter((image) => image.category === "blank").map((image) => image.file_path.split("/").pop());
    assert.deepEqual((await results.names()).toSorted(), blank.toSorted());
    const shared = await ResultsPage.open(await scene.visit(t), job, new URL(results.page.url()).search);
    assert.deepEqual(await shared.names(), await results.names());
  });

  test("a picture can be corrected, and the correction taken back, " + how, async (t) => {
    const page = await scene.visit(t, { scripts, plain: true });
    const results = await ResultsPage.open(page, job, "?show=animal");
    await page.locator(".grid .tile-link").first().click();
    await results.media.getByRole("button", { name: "blank" }).click();
    await results.media.getByText("You said: it is blank").waitFor();
    await results.media.locator("section").first().getByText("corrected: blank").first().waitFor();
    const word = results.media.locator(".about .word").first();
    assert.match(await word.textContent(), /^animal 0\.\d\d$/, "the model's word is gone");
    await results.media.getByRole("button", { name: "Take it back" }).click();
    await results.media.getByText("You said").waitFor({ state: "detached" });
    assert.equal(await results.media.getByText("corrected: blank").count(), 0);
  });
}

test("moments are told in the reader's language and time zone, those of cameras as they were written", async (t) => {
  const told = async (options) => {
    const page = await scene.visit(t, options);
    await page.goto(job);
    const accepted = page.locator(".facts div").filter({ hasText: "Accepted" }).locator("time");
    const moment = [await accepted.getAttribute("datetime"), await accepted.textContent()];
    await page.goto(job + "/results/media/0");
    return [...moment, await page.locator(".facts div").filter({ hasText: "by the camera’s clock" }).locator("dd").textContent()];
  };
  const [at, here, camera] = await told({ locale: "de-DE", zone: "Australia/Darwin" });
  const format = new Intl.DateTimeFormat("de-DE", { dateStyle: "long", timeStyle: "short", timeZone: "Australia/Darwin" });
  assert.equal(here, format.format(new Date(at)));
  const [, plain, same] = await told({ scripts: false });
  assert.match(plain, /^\d+ \w+ \d{4}, \d\d:\d\d UTC$/);
  assert.match(camera, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
  assert.equal(camera, same);
});

test("boxes, words and counts follow the slider at once, and the list a moment later", async (t) => {
  const results = await ResultsPage.open(await scene.visit(t), job, "?show=animal");
  const before = await results.boxes().count();
  for (const threshold of [0.1, 0.45, 0.8]) {
    await scene.service.line.holdAnswers(async () => {
      await results.slideTo(threshold);
      // Nothing has come from the service yet.
      assert.deepEqual(await results.counts(), expected(threshold), "at " + threshold);
    });
    await results.isAt(["threshold", threshold]);
    assert.deepEqual(await results.counts(), expected(threshold), "at " + threshold);
    assert.equal(await results.listed(), expected(threshold).animals);
  }
  assert.ok((await results.boxes().count()) < before);
});

test("the slider is moved by keys, and the number can be typed", async (t) => {
  const results = await ResultsPage.open(await scene.visit(t), job, "?threshold=0.3");
  await results.slider.focus();
  await results.page.keyboard.press("ArrowRight");
  await results.isAt(["threshold", 0.31]);
  await results.threshold.fill("0.555");
  await results.isAt(["threshold", 0.555]);
  assert.deepEqual(await results.counts(), expected(0.555));
});

// The rows of the table behind a plot, as text.
async function tableBehind(page, id) {
  const plot = page.locator("#" + id);
  await plot.locator("summary").click();
  return plot.locator("tbody tr").evaluateAll((lines) => lines.map((line) => Array.from(line.cells, (cell) => cell.textContent)));
}

// How many rows there are of each kind; `kinds` tells of which a row is.
function countBy(rows, kinds) {
  const counts = new Map();
  for (const row of rows) for (const kind of kinds(row)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

test("a kind that is chosen while the slider's answer is under way is shown at the slider's threshold", async (t) => {
  const results = await ResultsPage.open(await scene.visit(t), job);
  await scene.service.line.holdAnswers(async () => {
    const asked = results.page.waitForRequest((request) => request.url().includes("threshold=0.45"));
    await results.slideTo(0.45);
    await asked;
    await results.kind("blank").click();
  });
  await results.isAt(["threshold", 0.45], ["show", "blank"]);
  assert.equal(await results.listed(), expected(0.45).blank);
  assert.equal(await results.slider.inputValue(), "0.45");
});

test("the way back leads through kinds and pictures", async (t) => {
  const page = await scene.visit(t);
  const results = await ResultsPage.open(page, job, "?threshold=0.4");
  const all = await results.names();
  await results.kind("blank").click();
  await results.isAt(["threshold", "0.4"], ["show", "blank"]);
  const blank = await results.names();
  assert.ok(blank.length < all.length);
  await page.locator(".grid .tile-link").first().click();
  await results.media.waitFor();
  await page.goBack();
  await results.dialog.waitFor({ state: "hidden" });
  assert.deepEqual(await results.names(), blank);
  await page.goBack();
  await page.locator(".grid .name").nth(all.length - 1).waitFor();
  assert.deepEqual(await results.names(), all);
  assert.equal(await results.slider.inputValue(), "0.4");
  await page.goForward();
  await page.locator(".grid .name").nth(blank.length).waitFor({ state: "detached" });
  assert.deepEqual(await results.names(), blank);
});

test("filters can be cleared as soon as there are some", async (t) => {
  const results = await ResultsPage.open(await scene.visit(t), job, "?threshold=0.5");
  const clear = results.page.getByRole("link", { name: "Clear the filters" });
  assert.equal(await clear.count(), 0);
  await results.openFilters();
  await results.page.getByLabel("near the threshold").check();
  await results.isAt(["near", "yes"]);
  await results.slideTo(0.4);
  await results.isAt(["near", "yes"], ["threshold", 0.4]);
  await clear.click();
  await results.page.waitForURL((url) => !url.searchParams.has("near"));
  assert.equal(await results.listed(), result.run.counts.files);
  assert.equal(await results.slider.inputValue(), "0.4");
});

test("figures say what the workbook says", async (t) => {
  const page = await scene.visit(t);
  await page.goto(job + "/results");
  await page.getByRole("link", { name: "Figures" }).click();
  await page.waitForURL(/\/results\/figures/);
  const sheet = (await result.sheet("Images")).map((row) => {
    // Spreadsheets keep times as parts of days, which are a hair off.
    const at = row.timestamp && new Date(Math.round(row.timestamp / 1000) * 1000).toISOString();
    return { ...row, day: at?.slice(0, 10), hour: at?.slice(11, 13) };
  });
  const images = sheet.filter((row) => row.status === "processed");
  const timed = images.filter((row) => row.day);
  assert.ok(timed.length > 0 && images.length > timed.length && sheet.length > images.length);
  const shown = (row) => ["animal", "person", "vehicle"].filter((_, place) => [row.animals, row.people, row.vehicles][place] > 0);

  const activity = (await tableBehind(page, "activity")).map(([hour, category, number, ...lights]) => {
    assert.equal(lights.reduce((sum, light) => sum + Number(light), 0), Number(number));
    return [hour + " " + category, Number(number)];
  });
  assert.deepEqual(new Map(activity.toSorted()), new Map([...countBy(timed, (row) => shown(row).map((name) => row.hour + ":00 " + name))].toSorted()));

  const days = await tableBehind(page, "days");
  const seen = timed.filter((row) => shown(row).length > 0);
  assert.deepEqual(days.map(([day]) => day), [...new Set(seen.map((row) => row.day))].toSorted());
  for (const [day, ...numbers] of days) {
    const own = timed.filter((row) => row.day === day);
    const counts = ["animals", "people", "vehicles"].map((column) => own.filter((row) => row[column] > 0).length);
    assert.deepEqual(numbers.map(Number), [...counts, own.length], day);
  }

  const cameras = await tableBehind(page, "cameras");
  assert.equal(cameras.length, new Set(sheet.map((row) => row.camera_folder)).size);
  for (const [camera, ...numbers] of cameras) {
    const own = sheet.filter((row) => row.camera_folder === camera);
    const counts = ["animal", "person", "vehicle", "blank"].map((label) => own.filter((row) => row.category === label).length);
    assert.deepEqual(numbers.map(Number), [own.length, ...counts, own.filter((row) => row.status === "failed").length], camera);
  }

  const work = await tableBehind(page, "camera-days");
  assert.equal(work.length, new Set(timed.map((row) => row.camera_folder)).size);
  for (const [camera, first, last, number, pictures] of work) {
    const days = timed.filter((row) => row.camera_folder === camera).map((row) => row.day);
    const own = [...new Set(days)].toSorted();
    assert.deepEqual([first, last, Number(number), Number(pictures)], [own[0], own.at(-1), own.length, days.length], camera);
  }

  const map = await tableBehind(page, "map");
  const placed = images.filter((row) => row.latitude !== null);
  assert.ok(placed.length > 0);
  assert.equal(map.reduce((sum, row) => sum + Number(row[3]), 0), placed.length);
  assert.equal(map.reduce((sum, row) => sum + Number(row[4]), 0), placed.filter((row) => row.animals > 0).length);
});

test("the large view is opened, gone through and closed by keys alone", async (t) => {
  const page = await scene.visit(t);
  const results = await ResultsPage.open(page, job, "?show=animal&sort=-confidence");
  const names = await results.names();
  await page.locator(".grid .tile-link").first().focus();
  await page.keyboard.press("Enter");
  await results.dialog.waitFor();
  assert.equal(await results.title(), names[0]);
  await page.keyboard.press("ArrowRight");
  await until("the next picture", async () => (await results.title()) === names[1]);
  await page.keyboard.press("+");
  await page.locator(".stage.is-zoomed").waitFor();
  await page.keyboard.press("ArrowRight");
  assert.equal(await results.title(), names[1], "an arrow moves a picture that is zoomed");
  await page.keyboard.press("0");
  await page.locator(".stage:not(.is-zoomed)").waitFor();
  await page.keyboard.press("ArrowLeft");
  await until("the picture before", async () => (await results.title()) === names[0]);
  assert.match(page.url(), /\/results\/media\/\d+\?/);
  await page.keyboard.press("Escape");
  await results.dialog.waitFor({ state: "hidden" });
  assert.match(page.url(), /\/results\?show=animal&sort=-confidence$/);
  assert.match(await page.evaluate(() => document.activeElement.className), /tile-link/);
});

test("a picture that was closed before it came stays closed, and the list is what the slider asks for", async (t) => {
  const page = await scene.visit(t);
  const results = await ResultsPage.open(page, job, "?show=animal");
  await scene.service.line.holdAnswers(async () => {
    await results.slideTo(0.45);
    await page.locator(".grid .tile-link").first().click();
    await page.waitForURL(/\/results\/media\/\d+/);
    await page.goBack();
  });
  await results.isAt(["threshold", 0.45]);
  assert.equal(await results.listed(), expected(0.45).animals);
  assert.ok(await results.dialog.isHidden());
});

test("what cannot be sent is said where it can be seen, and can be sent again", async (t) => {
  const page = await scene.visit(t, { breaks: ["net::ERR_FAILED"] });
  const results = await ResultsPage.open(page, job, "?show=animal");
  await page.locator(".grid .tile-link").first().click();
  await page.route("**/corrections", (route) => route.abort());
  const blank = results.media.getByRole("button", { name: "blank" });
  await blank.click();
  await results.dialog.getByRole("alert").getByText("The service cannot be reached.").waitFor();
  await page.unroute("**/corrections");
  await blank.click();
  await results.media.getByText("You said: it is blank").waitFor();
  assert.ok(await results.dialog.getByRole("alert").isHidden());
  await page.locator(".grid li").first().getByText("corrected: blank").waitFor({ state: "attached" });
  await results.media.getByRole("button", { name: "Take it back" }).click();
  await results.media.getByText("You said").waitFor({ state: "detached" });
  // A picture that does not come leaves the one that is there, and its address.
  const before = page.url();
  await page.route("**/results/media/*", (route) => route.abort());
  await page.keyboard.press("ArrowRight");
  await results.dialog.getByRole("alert").waitFor();
  assert.equal(page.url(), before);
});

test("the wheel zooms into a picture, and dragging moves it", async (t) => {
  const page = await scene.visit(t);
  await page.goto(job + "/results/media/0");
  const canvas = page.locator(".stage .canvas");
  const area = await page.locator(".stage").boundingBox();
  const moved = () => canvas.evaluate((element) => new DOMMatrix(getComputedStyle(element).transform).toJSON());
  await page.mouse.move(area.x + area.width / 2, area.y + area.height / 2);
  await page.mouse.wheel(0, -400);
  await page.locator(".stage.is-zoomed").waitFor();
  const before = await moved();
  assert.ok(before.a > 1);
  await page.mouse.down();
  await page.mouse.move(area.x + area.width / 2 - 30, area.y + area.height / 2 - 20, { steps: 6 });
  await page.mouse.up();
  const after = await moved();
  assert.deepEqual([after.e - before.e, after.f - before.f, after.a - before.a].map(Math.round), [-30, -20, 0]);
  await page.mouse.wheel(120, 0);
  await page.getByRole("button", { name: "Zoom in" }).dblclick();
  assert.ok((await moved()).a > before.a * 1.5, "two presses zoom twice");
  await page.getByRole("button", { name: "Fit the whole picture" }).click();
  await page.locator(".stage:not(.is-zoomed)").waitFor();
});

test("two fingers zoom into a picture, one moves it then, and else scrolls the page", async (t) => {
  const page = await scene.visit(t, { touch: true });
  await page.goto(job + "/results/media/0");
  const area = await page.locator(".stage").boundingBox();
  const middle = { x: area.x + area.width / 2, y: area.y + area.height / 2 };
  const fingers = await page.context().newCDPSession(page);
  // Fingers go from places to places, told from the middle of the picture.
  const move = async (...ways) => {
    const at = (share) => ways.map(([from, to], id) => ({ id, x: middle.x + from.x + (to.x - from.x) * share, y: middle.y + from.y + (to.y - from.y) * share }));
    await fingers.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0) });
    for (const share of [0.25, 0.5, 0.75, 1]) await fingers.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(share) });
    await fingers.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  const spread = (from, to) => move([{ x: -from, y: 0 }, { x: -to, y: 0 }], [{ x: from, y: 0 }, { x: to, y: 0 }]);
  const shown = () =>
    page.locator(".stage").evaluate((stage) => {
      const { a, e, f } = new DOMMatrix(getComputedStyle(stage.querySelector(".canvas")).transform);
      // Gestures that the browser keeps for itself do not reach a page.
      return { scale: a, x: e, y: f, browsers: getComputedStyle(stage).touchAction };
    });
  assert.deepEqual(await shown(), { scale: 1, x: 0, y: 0, browsers: "pan-x pan-y" });
  await spread(40, 100);
  const near = await shown();
  assert.ok(Math.abs(near.scale - 2.5) < 0.001, "zoomed by " + near.scale);
  assert.equal(near.browsers, "none");
  await move([{ x: 0, y: 0 }, { x: -60, y: -40 }]);
  const aside = await shown();
  assert.deepEqual([aside.x - near.x, aside.y - near.y, aside.scale].map(Math.round), [-60, -40, Math.round(near.scale)]);
  await spread(100, 20);
  await page.locator(".stage:not(.is-zoomed)").waitFor();
  assert.deepEqual(await shown(), { scale: 1, x: 0, y: 0, browsers: "pan-x pan-y" });
});

test("blanks are checked by keys, and the page says how many may be missed", async (t) => {
  const page = await scene.visit(t);
  await page.goto(job + "/results");
  await page.getByRole("link", { name: "Check the blanks" }).click();
  // Loaded: keys are heard.
  await page.waitForURL(/\/results\/blanks/);
  const verdict = page.locator("#check .verdict");
  await verdict.getByText("Nothing is checked yet.").waitFor();
  for (const [place, key] of ["n", "n", "y"].entries()) {
    await page.keyboard.press(key);
    await page.getByText(new RegExp(`^${place + 1} of \\d+ checked`)).waitFor();
  }
  await verdict.getByText("1 missed in 3").waitFor();
  // Somebody who goes from button to button stays where they are.
  const blank = page.getByRole("button", { name: "No, it is blank" });
  await blank.focus();
  await page.keyboard.press("Enter");
  await verdict.getByText("1 missed in 4").waitFor();
  assert.ok(await blank.evaluate((button) => button === document.activeElement));
  await page.goto(page.url().replace("place=5", "place=4"));
  await page.keyboard.press("u");
  await verdict.getByText("1 missed in 3").waitFor();
  // Somebody who comes back goes on where they were.
  await page.reload();
  await verdict.getByText("1 missed in 3").waitFor();
  await page.goto(page.url().replace("place=4", "place=3"));
  await page.keyboard.press("u");
  await verdict.getByText("0 missed in 2").waitFor();
  await page.getByRole("link", { name: "Corrections" }).click();
  await page.getByText("You: it is blank").first().waitFor();
  await page.getByText("taken back").first().waitFor();
});

test("blanks are checked without scripts", async (t) => {
  const page = await scene.visit(t, { scripts: false });
  await page.goto(job + "/results/blanks?threshold=0.9");
  await page.getByRole("button", { name: "No, it is blank" }).click();
  await page.locator("#check .verdict").getByText(/missed in \d/).waitFor();
  await page.getByRole("link", { name: "Corrections" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download corrections.csv" }).click()]);
  assert.equal(download.suggestedFilename(), "corrections.csv");
});

test("the package is made again at the threshold that is looked at, with the corrections", async (t) => {
  const own = await scene.service.submit(SAMPLE_ZIP);
  await scene.service.stage(own, "done");
  const page = await scene.visit(t);
  const results = await ResultsPage.open(page, own, "?show=animal");
  const corrected = await page.locator(".grid .tile-link").first().getAttribute("href");
  await page.goto(corrected);
  await results.media.getByRole("button", { name: "vehicle" }).click();
  await results.media.getByText("You said: it shows a vehicle").waitFor();
  await ResultsPage.open(page, own);
  await results.slideTo(0.45);
  await page.getByRole("button", { name: "Make it again with 0.45" }).click();
  await page.getByText("made with 0.45").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download the package" }).click()]);
  const made = new Result(await download.path());
  const counts = await results.counts();
  const told = made.counts();
  assert.equal(counts.animals, told["with animals"]);
  assert.equal(counts.people, told["with people"]);
  assert.equal(counts.blank, told.blank);
  assert.match(made.text("corrections.csv"), /vehicle/);
});

test("when the job is deleted, its pictures are gone", async (t) => {
  const own = await scene.service.submit(SAMPLE_ZIP);
  await scene.service.stage(own, "done");
  const page = await scene.visit(t, { refusals: [410] });
  const results = await ResultsPage.open(page, own);
  const picture = await page.locator(".grid img").first().getAttribute("src");
  await page.getByRole("link", { name: "The job" }).click();
  await new JobPage(page).isDone();
  await page.getByRole("link", { name: "Delete everything now" }).click();
  await page.getByRole("button", { name: "Yes, delete everything" }).click();
  await page.getByRole("heading", { name: "Everything is deleted" }).waitFor();
  for (const gone of [own + "/results", own + "/results/blanks", picture]) {
    const answer = await fetch(scene.service.url + gone);
    assert.equal(answer.status, 410, gone);
  }
  assert.ok(results);
});
