// How fast it goes: over the last half minute, because lines change.

const WINDOW_MS = 30_000;

export class Pace {
  #looks = [];

  // Notes how many bytes have been sent by now.
  look(bytes) {
    const now = Date.now();
    this.#looks.push({ now, bytes });
    while (this.#looks[0].now < now - WINDOW_MS) this.#looks.shift();
  }

  forget() {
    this.#looks = [];
  }

  // Bytes in a second; null while it is too early to say.
  get bytesPerSecond() {
    const first = this.#looks[0];
    const last = this.#looks[this.#looks.length - 1];
    if (!first || last.now - first.now < 2000) return null;
    return Math.max(0, (last.bytes - first.bytes) / ((last.now - first.now) / 1000));
  }
}
