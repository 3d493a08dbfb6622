// The last step: what has arrived becomes a job. The same files become the same job however often
// this is asked, so it is asked until there is an answer.

import { Patience } from "./patience.js";
import { Trouble } from "./trouble.js";

// Gives the address of the job's page; says why it waits, and "" when it does no more; throws the `Trouble` of a refusal.
export async function deliver(fields, items, onWaiting) {
  const form = new URLSearchParams(fields);
  for (const item of items) form.append("resumable", item.url.slice(item.url.lastIndexOf("/") + 1));
  const patience = new Patience();
  for (;;) {
    try {
      return await ask(form);
    } catch (trouble) {
      if (!isOfTheMoment(trouble.status)) throw trouble;
      onWaiting(trouble.whyToWait);
      await patience.wait();
      onWaiting("");
    }
  }
}

// Whether the same form may well be taken a moment later: nobody answered, it came too slowly, or
// something is broken. A full disk stays full for longer.
function isOfTheMoment(status) {
  return status === 0 || status === 408 || (status >= 500 && status !== 507);
}

// Whether all of a file is still on the server. Asked until there is an answer.
export async function isThere(item) {
  const patience = new Patience();
  for (;;) {
    const answer = await fetch(item.url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => null);
    if (answer?.ok) return Number(answer.headers.get("Upload-Offset")) === item.size;
    if (answer && [404, 410].includes(answer.status)) return false;
    await patience.wait();
  }
}

async function ask(form) {
  let answer, text;
  try {
    answer = await fetch("/jobs", { method: "POST", headers: { Accept: "application/json" }, body: form });
    text = await answer.text();
  } catch {
    throw new Trouble(0);
  }
  if (answer.status !== 201) throw new Trouble(answer.status, text);
  return answer.headers.get("Location");
}
