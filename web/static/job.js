// The page of a job, kept up to date while it is open. Without this script the page loads itself
// anew from time to time.
"use strict";

const job = document.getElementById("job");
const bar = document.getElementById("bar");
const events = new EventSource(job.dataset.events);

// Being told every second how far a job is would be a nuisance; its stages are announced.
job.querySelector("[data-live=explanation]").setAttribute("aria-live", "polite");

events.addEventListener("live", (event) => {
  const live = JSON.parse(event.data);
  job.dataset.stage = live.stage;
  for (const place of job.querySelectorAll("[data-live]")) {
    const text = live[place.dataset.live];
    if (place.textContent !== text) place.textContent = text;
  }
  if (live.fraction === null) {
    bar.removeAttribute("value");
  } else {
    bar.max = 1;
    bar.value = live.fraction;
  }
  document.title = (live.fraction === null ? "" : Math.floor(live.fraction * 100) + " % · ") + live.headline + " · Trapline";
});

events.addEventListener("over", () => {
  events.close();
  window.location.reload();
});

// The browser connects anew by itself after a break, but not after a refusal.
events.addEventListener("error", () => {
  if (events.readyState === EventSource.CLOSED) window.setTimeout(() => window.location.reload(), 15000);
});
