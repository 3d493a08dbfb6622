// How far the upload is as a whole, and what is under way.

import { Pace } from "./pace.js";
import { showUnderWay } from "./rows.js";
import { count, size, span } from "./words.js";

const LOOK_MS = 250;
const TITLE = document.title;

const block = document.getElementById("progress");
const label = document.getElementById("progress-label");
const bar = document.getElementById("bar");
const amount = document.getElementById("progress-text");
const files = document.getElementById("progress-files");
const speed = document.getElementById("progress-speed");
const rows = document.getElementById("under-way");

export class Progress {
  #chosen;
  #transfer;
  #onRemove;
  #pace = new Pace();
  #timer = null;

  constructor(chosen, transfer, onRemove) {
    this.#chosen = chosen;
    this.#transfer = transfer;
    this.#onRemove = onRemove;
  }

  begin() {
    block.hidden = false;
    this.#pace.forget();
    window.clearInterval(this.#timer);
    this.#timer = window.setInterval(() => this.#draw(), LOOK_MS);
    this.#draw();
  }

  pause() {
    window.clearInterval(this.#timer);
    this.#draw();
    say("Paused");
    speed.textContent = "What has arrived is kept, also when you close this page.";
    rows.replaceChildren();
  }

  end() {
    window.clearInterval(this.#timer);
    rows.replaceChildren();
    block.hidden = true;
    document.title = TITLE;
  }

  // Everything has arrived; the service looks at it, or there is a reason why it does not yet.
  check(reason) {
    window.clearInterval(this.#timer);
    rows.replaceChildren();
    say(reason || "Checking the files");
    bar.removeAttribute("value");
    amount.textContent = "";
    files.textContent = "";
    speed.textContent = reason ? "It is asked again by itself; all files have arrived." : "All files have arrived.";
  }

  #draw() {
    const { bytes, sent } = this.#chosen;
    this.#pace.look(sent);
    bar.value = bytes === 0 ? 1 : sent / bytes;
    document.title = Math.floor(bar.value * 100) + " % · " + TITLE;
    amount.textContent = size(sent) + " of " + size(bytes);
    files.textContent = this.#chosen.done.toLocaleString("en") + " of " + count(this.#chosen.count, "file", "files");
    showUnderWay(rows, this.#transfer.underWay, this.#onRemove);
    const reason = this.#transfer.waitsBecause;
    if (reason) {
      say(reason);
      speed.textContent = "The upload goes on by itself; what has arrived is kept.";
    } else {
      say("Uploading");
      speed.textContent = this.#speed(bytes - sent);
    }
  }

  #speed(left) {
    const rate = this.#pace.bytesPerSecond;
    if (rate === null) return "";
    if (rate === 0) return "Nothing arrives just now.";
    return size(rate) + "/s, about " + span(left / rate) + " left";
  }
}

// Said aloud only when it changes.
function say(text) {
  if (label.textContent !== text) label.textContent = text;
}
