// A downloaded result.

import { readFileSync } from "node:fs";

import { parse } from "csv-parse/sync";
import { strFromU8, unzipSync } from "fflate";

export class Result {
  constructor(file) {
    this.files = unzipSync(readFileSync(file));
    this.images = parse(this.#text("images.csv"), { columns: true, bom: true });
    this.run = JSON.parse(this.#text("run.json"));
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

  #text(name) {
    return strFromU8(this.files[name]);
  }
}
