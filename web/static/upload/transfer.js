// All files on their way, a few at a time. It goes on through lost connections and restarts of the
// server by itself.

import { Parcel } from "./parcel.js";
import { Patience } from "./patience.js";

const AT_ONCE = 4;

export class Transfer {
  #set;
  #chunkBytes;
  #memory;
  #patience = new Patience();
  #waiting = [];
  #parcels = new Map();
  #isStopped = true;
  #refusal = null;
  #reason = "";

  constructor({ set, chunkBytes, memory }) {
    this.#set = set;
    this.#chunkBytes = chunkBytes;
    this.#memory = memory;
  }

  // The files that are under way.
  get underWay() {
    return Array.from(this.#parcels.keys());
  }

  // Why it waits, in a few words; "" while it does not.
  get waitsBecause() {
    return this.#patience.isWaiting ? this.#reason : "";
  }

  // Sends what has not arrived of these files. Ends when all have arrived (true) or it is told to
  // stop (false); throws the `Trouble` of a refusal, which stops all of them.
  async run(items) {
    this.#isStopped = false;
    this.#refusal = null;
    this.#patience.calm();
    this.#waiting = items.filter((item) => !item.isDone && !item.complaint).reverse();
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#work()));
    if (this.#refusal) throw this.#refusal;
    return !this.#isStopped;
  }

  // Stops where it is. What has arrived stays.
  stop() {
    this.#isStopped = true;
    for (const parcel of this.#parcels.values()) parcel.stop();
    this.#patience.hurry();
  }

  // Stops one file that was taken off the list.
  drop(item) {
    this.#parcels.get(item)?.stop();
  }

  async #work() {
    while (!this.#isStopped && this.#waiting.length > 0) {
      const item = this.#waiting.pop();
      while (!this.#isStopped && !item.isLeftOut && !item.isDone && !item.complaint) await this.#try(item);
    }
  }

  async #try(item) {
    const parcel = new Parcel(item, {
      set: this.#set,
      chunkBytes: this.#chunkBytes,
      // A small file has arrived as a whole a moment after it has an address.
      onUrl: () => item.size > 0 && this.#memory.note(this.#set, item),
      onArrival: () => this.#patience.calm(),
    });
    this.#parcels.set(item, parcel);
    try {
      await parcel.run();
      if (!item.isDone) return;
      this.#patience.calm();
      this.#memory.note(this.#set, item);
    } catch (trouble) {
      await this.#bear(trouble, item);
    } finally {
      this.#parcels.delete(item);
    }
  }

  async #bear(trouble, item) {
    if (this.#isStopped || item.isLeftOut) return;
    if (!(await canBeRead(item.file))) {
      item.complaint = "It cannot be read any more: it was changed, moved, or its card was pulled out.";
    } else if (trouble.isPassing) {
      this.#reason = trouble.whyToWait;
      await this.#patience.wait();
    } else {
      this.#refusal ??= trouble;
      this.stop();
    }
  }
}

// For the browser a file that is gone looks like a line that broke.
async function canBeRead(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
