// A downloaded result.

import { readFileSync } from "node:fs";

import { parse } from "csv-parse/sync";
import { strFromU8, unzipSync } from "fflate";
import readWorkbook from "read-excel-file/node";

export class Result {
  // From the bytes of a package, or the place of one on the disk.
  constructor(from) {
    this.files = unzipSync(typeof from === "string" ? readFileSync(from) : from);
    this.images = parse(this.text("images.csv"), { columns: true, bom: true });
    this.run = JSON.parse(this.text("run.json"));
  }

  // Downloads a result as a program does.
  static async fetch(address) {
    const answer = await fetch(address);
    return new Result(new Uint8Array(await answer.arrayBuffer()));
  }

  // The counts that a job's page shows, by its labels, from the rows of the table.
  counts() {
    const count = (isOne) => this.images.filter(isOne).length;
    return {
      "with animals": count((image) => Number(image.animals) > 0),
      "with people": count((image) => Number(image.people) > 0),
      "with vehicles": count((image) => Number(image.vehicles) > 0),
      blank: count((image) => image.category === "blank"),
      "could not be read": count((image) => image.status === "failed"),
      "not pictures": this.run.counts.skipped,
    };
  }

  // What the model found counts at any threshold: from the file that has all detections.
  countsAt(threshold) {
    const { images, detection_categories: names } = JSON.parse(this.text("megadetector.json"));
    const found = images.filter((image) => !image.failure).map((image) => image.detections.filter((one) => one.conf >= threshold).map((one) => names[one.category]));
    const count = (name) => found.filter((shown) => shown.includes(name)).length;
    return {
      files: this.run.counts.files,
      animal: count("animal"),
      person: count("person"),
      vehicle: count("vehicle"),
      blank: found.filter((shown) => shown.length === 0).length,
      failed: images.length - found.length,
      skipped: this.run.counts.skipped,
    };
  }

  // The rows of a sheet of the workbook, by their headings. Times are those of the cameras' clocks,
  // told as if they were UTC.
  async sheet(name) {
    const sheets = await readWorkbook(Buffer.from(this.files["results.xlsx"]));
    const [headings, ...rows] = sheets.find(({ sheet }) => sheet === name).data;
    return rows.map((row) => Object.fromEntries(headings.map((heading, column) => [heading, row[column]])));
  }

  // A file of the package.
  text(name) {
    return strFromU8(this.files[name]);
  }
}
