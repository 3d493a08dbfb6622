// Waiting for the line to come back: longer each time, and no longer than it takes.

const WAITS_SECONDS = [1, 2, 4, 8, 15, 30];

export class Patience {
  #failures = 0;
  #waiting = new Set();

  constructor() {
    window.addEventListener("online", () => this.hurry());
  }

  get isWaiting() {
    return this.#waiting.size > 0;
  }

  // Something arrived: the next break is a new one.
  calm() {
    this.#failures = 0;
  }

  wait() {
    const seconds = WAITS_SECONDS[Math.min(this.#failures, WAITS_SECONDS.length - 1)];
    this.#failures += 1;
    return new Promise((resolve) => {
      const end = () => {
        window.clearTimeout(timer);
        this.#waiting.delete(end);
        resolve();
      };
      // A little apart, so that not all who lost the line come back at the same moment.
      const timer = window.setTimeout(end, seconds * (750 + Math.random() * 500));
      this.#waiting.add(end);
    });
  }

  // Ends all waits now.
  hurry() {
    for (const end of Array.from(this.#waiting)) end();
  }
}
