// The page of a job, as tests speak of it.

export class JobPage {
  constructor(page) {
    this.page = page;
  }

  heading(name) {
    return this.page.getByRole("heading", { level: 1, name });
  }

  async isDone() {
    await this.heading("Your result is ready").waitFor({ timeout: 300_000 });
  }

  // The counts, by their labels.
  async counts() {
    const tiles = await this.page.locator(".tile").all();
    const count = async (tile) => [await tile.locator("dt").textContent(), Number(await tile.locator("dd").textContent())];
    return Object.fromEntries(await Promise.all(tiles.map(count)));
  }

  // How far the job is, once something is done: "12 of 60 images".
  progress() {
    return this.page.locator("#job [data-live=done]").filter({ hasText: /^[1-9]/ }).textContent();
  }

  // From now on the page can be told from one that is loaded anew.
  mark() {
    return this.page.locator("#job").evaluate((job) => job.setAttribute("data-seen", ""));
  }

  // How far the job is, once it is further than `than`, on the page that was marked.
  progressOfMarked(than) {
    const done = this.page.locator("#job[data-seen] [data-live=done]");
    return done.filter({ hasText: /^[1-9]/, hasNotText: new RegExp("^" + than) }).textContent();
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
