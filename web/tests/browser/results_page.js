// The results pages, as tests speak of them.

import assert from "node:assert/strict";

export class ResultsPage {
  constructor(page) {
    this.page = page;
    this.slider = page.getByRole("slider", { name: "Confidence threshold" });
    this.threshold = page.getByRole("spinbutton", { name: "Threshold" });
    this.dialog = page.getByRole("dialog");
  }

  // Opens a job's pictures; `asked` is what follows the path.
  static async open(page, job, asked = "") {
    await page.goto(job + "/results" + asked);
    return new ResultsPage(page);
  }

  // The counts on the chips, by their labels.
  async counts() {
    const chips = await this.page.locator("#kinds .kind").all();
    const count = async (chip) => {
      const [, number, label] = (await chip.innerText()).match(/^([\d,]+)\s+(.*)$/s);
      return [label, Number(number.replaceAll(",", ""))];
    };
    return Object.fromEntries(await Promise.all(chips.map(count)));
  }

  // How many files the list says that it has.
  async listed() {
    const text = await this.page.locator("#pictures-title").textContent();
    return Number(text.match(/^[\d,]+/)[0].replaceAll(",", ""));
  }

  // The names of the files on this page of the list.
  names() {
    return this.page.locator(".grid .name").allTextContents();
  }

  // Moves the slider, without waiting for more than the page itself does.
  slideTo(value) {
    return this.slider.fill(String(value));
  }

  // Waits until the list is that of the view that was asked for.
  async isAt(...pairs) {
    await this.page.waitForURL((url) => pairs.every(([name, value]) => url.searchParams.get(name) === String(value)));
    await this.page.locator("#pictures:not(.is-behind), #figures:not(.is-behind)").waitFor();
  }

  kind(name) {
    return this.page.locator("#kinds").getByRole("link", { name });
  }

  // Boxes that can be seen.
  boxes() {
    return this.page.locator(".grid .boxes rect:not([hidden])");
  }

  async openFilters() {
    if (!(await this.page.getByLabel("From day").isVisible())) await this.page.locator("#filters summary").click();
  }

  // Every picture in sight is there.
  async picturesAreThere() {
    const images = await this.page.locator(".grid img").all();
    assert.ok(images.length > 0, "there are no pictures");
    for (const image of images) {
      await image.scrollIntoViewIfNeeded();
      await image.evaluate((element) => element.decode());
    }
  }

  // The large picture, over the list or on its own page.
  get media() {
    return this.page.locator("#media");
  }

  title() {
    return this.page.locator("#media-title").textContent();
  }
}
