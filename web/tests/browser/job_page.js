// The page of a job, as tests speak of it.

export class JobPage {
  constructor(page) {
    this.page = page;
  }

  heading(name) {
    return this.page.getByRole("heading", { level: 1, name });
  }

  async isDone() {
    await this.heading("Your result is ready").waitFor();
  }

  // The counts, by their labels.
  async counts() {
    const tiles = await this.page.locator(".tile").all();
    const count = async (tile) => [await tile.locator("dt").textContent(), Number(await tile.locator("dd").textContent())];
    return Object.fromEntries(await Promise.all(tiles.map(count)));
  }

  // How far the job is, once it is further than `than`: "12 of 60 images".
  async progressPast(than) {
    const done = this.page.locator("[data-live=done]").filter({ hasText: /^[1-9]/, hasNotText: than });
    return done.textContent();
  }

  // Whether the page is the same one that it was, not loaded anew.
  mark() {
    return this.page.locator("#job").evaluate((job) => job.setAttribute("data-seen", ""));
  }

  async isMarked() {
    return (await this.page.locator("#job[data-seen]").count()) === 1;
  }

  // Downloads the result and gives its place on the disk.
  async download() {
    const [download] = await Promise.all([
      this.page.waitForEvent("download"),
      this.page.getByRole("link", { name: "Download the result" }).click(),
    ]);
    return { name: download.suggestedFilename(), file: await download.path() };
  }
}
