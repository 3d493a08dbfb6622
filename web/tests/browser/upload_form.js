// The upload page, as tests speak of it.

export class UploadForm {
  constructor(page) {
    this.page = page;
    this.email = page.getByLabel("Your e-mail address");
    this.files = page.getByLabel("Zips or pictures");
    this.problem = page.getByRole("alert");
    this.send = page.getByRole("button", { name: "Upload", exact: true });
  }

  static async open(page) {
    await page.goto("/");
    return new UploadForm(page);
  }

  async fill({ email = "ada@example.org", files }) {
    await this.email.fill(email);
    if (files) await this.files.setInputFiles(files);
  }

  async openOptions() {
    await this.page.locator("summary").click();
  }

  chosenFiles() {
    return this.files.evaluate((input) => Array.from(input.files, (file) => file.name));
  }

  // What the browser itself says to a field that is not filled in as it should be.
  complaintAbout(field) {
    return field.evaluate((input) => input.validationMessage);
  }
}
