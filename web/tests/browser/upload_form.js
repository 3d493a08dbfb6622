// The upload page, as tests speak of it.

export class UploadForm {
  constructor(page) {
    this.page = page;
    this.email = page.getByLabel("Your e-mail address");
    this.files = page.getByLabel("Zips, pictures or folders");
    this.problem = page.getByRole("alert");
    this.send = page.getByRole("button", { name: "Upload", exact: true });
  }

  static async open(page) {
    await page.goto("/");
    const form = new UploadForm(page);
    await form.isReady();
    return form;
  }

  // Waits for the page's scripts, unless the browser runs none.
  async isReady() {
    if (this.page.hasScripts) await this.page.locator("#upload.is-scripted").waitFor();
  }

  async fill({ email = "ada@example.org", files }) {
    await this.email.fill(email);
    if (files) await this.files.setInputFiles(files);
  }

  async openOptions() {
    await this.page.locator("summary").click();
  }

  // How much of the upload is sent, once it is shown so.
  amount(text) {
    return this.page.locator("#progress-text").filter({ hasText: text });
  }

  // The names of what is chosen, as the page shows them.
  chosenFiles() {
    return this.page.locator("#rows .row-name").allTextContents();
  }

  // Drops files and folders of this machine on the page.
  async drop(paths) {
    const devtools = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    const box = await this.page.locator(".drop").boundingBox();
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await devtools.send("Input.dispatchDragEvent", { type, ...at, data });
    }
  }

  // What the browser itself says to a field that is not filled in as it should be.
  complaintAbout(field) {
    return field.evaluate((input) => input.validationMessage);
  }
}
