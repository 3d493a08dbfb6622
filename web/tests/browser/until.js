// Waiting for what happens outside the browser.

import { setTimeout as wait } from "node:timers/promises";

const PATIENCE_MS = 300_000;

// Asks again and again until the answer is something, and gives it.
export async function until(what, ask) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error("waited too long for " + what);
    await wait(50);
  }
}
