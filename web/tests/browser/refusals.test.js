// What the form says to what cannot be taken, and what it keeps of what was typed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PICTURES } from "./batches.js";
import { Scene } from "./scene.js";
import { UploadForm } from "./upload_form.js";

const NO_ZIP = { name: "spring.zip", mimeType: "application/zip", buffer: Buffer.from("This is no zip. ".repeat(100)) };

const scene = Scene.of("refusals");

for (const scripts of [true, false]) {
  const how = scripts ? "with scripts" : "without scripts";

  test("what a browser can see to be missing is not sent, " + how, async (t) => {
    const form = await UploadForm.open(await scene.visit(t, { scripts }));
    await form.send.click();
    assert.match(await form.complaintAbout(form.email), /fill/i);
    await form.fill({ email: "ada" });
    await form.send.click();
    assert.match(await form.complaintAbout(form.email), /@/);
    await form.fill({});
    await form.send.click();
    assert.match(await form.complaintAbout(form.files), /file/i);
    assert.equal(new URL(form.page.url()).pathname, "/");
  });

  test("a field that the service would refuse is not sent, " + how, async (t) => {
    const form = await UploadForm.open(await scene.visit(t, { scripts, refusals: scripts ? [] : [422] }));
    const threshold = form.page.getByLabel("Confidence threshold");
    await form.fill({ email: "ada@example", files: PICTURES });
    await form.openOptions();
    await threshold.fill("1.5");
    await form.page.locator("summary").click();
    await form.send.click();
    assert.match(await form.complaintAbout(form.email), /format/);
    await form.fill({});
    await form.send.click();
    if (scripts) {
      assert.match(await form.complaintAbout(threshold), /format/);
      assert.ok(await threshold.isVisible(), "nobody sees what is wrong");
    } else {
      // What cannot be seen is for the service to refuse.
      await form.problem.getByText(/threshold/i).first().waitFor();
    }
    for (const value of ["", "0", "1", "0.3", "0,25", ".5", " 0.4 ", "1.0"]) {
      await threshold.fill(value);
      assert.equal(await form.complaintAbout(threshold), "", value);
    }
    assert.equal(new URL(form.page.url()).pathname, scripts ? "/" : "/jobs");
  });

  test("an address that only the service can refuse is kept for correction, " + how, async (t) => {
    const form = await UploadForm.open(await scene.visit(t, { scripts, refusals: [422] }));
    await form.fill({ email: "ada@example..org", files: PICTURES });
    await form.email.evaluate((input) => input.form.setAttribute("novalidate", ""));
    await form.send.click();
    await form.problem.getByText("The e-mail address is missing or incomplete").waitFor();
    await form.problem.getByText("like name@example.org").waitFor();
    assert.equal(await form.email.inputValue(), "ada@example..org");
    assert.equal((await form.chosenFiles()).length, scripts ? PICTURES.length : 0);
  });

  test("a file that only has the name of a zip is refused, and the choices are kept, " + how, async (t) => {
    const form = await UploadForm.open(await scene.visit(t, { scripts, refusals: [422] }));
    await form.fill({ files: NO_ZIP });
    await form.openOptions();
    await form.page.getByLabel("Confidence threshold").fill("0.35");
    await form.page.getByLabel("of all pictures").check();
    await form.page.getByLabel("people").uncheck();
    await form.send.click();
    await form.problem.getByRole("heading").waitFor();
    assert.match(await form.problem.textContent(), /spring\.zip.*zip/s);
    assert.equal(await form.email.inputValue(), "ada@example.org");
    assert.equal(await form.page.getByLabel("Confidence threshold").inputValue(), "0.35");
    assert.ok(await form.page.getByLabel("of all pictures").isChecked());
    assert.ok(!(await form.page.getByLabel("people").isChecked()));
    assert.deepEqual(await form.chosenFiles(), scripts ? ["spring.zip"] : []);
  });

  test("links without a job say what may have happened, " + how, async (t) => {
    const page = await scene.visit(t, { scripts, refusals: [404, 410] });
    for (const [path, heading] of [
      ["/jobs/" + "a".repeat(26), "This job is not here any more"],
      ["/jobs/abc", "There is no job at this address"],
      ["/nowhere", "There is nothing here"],
    ]) {
      await page.goto(path);
      await page.getByRole("heading", { name: heading }).waitFor();
      await page.getByRole("link", { name: "To the upload page" }).waitFor();
    }
  });
}
