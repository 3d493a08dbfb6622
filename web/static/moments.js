// Moments in the language and the time zone of the reader. What cameras wrote stays as they wrote
// it.

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

export function tellMoments(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.textContent = format.format(moment);
    // So that it is read aloud in its language, which need not be the page's.
    time.lang = format.resolvedOptions().locale;
  }
}

tellMoments(document);
