// Moments in the language and the time zone of the reader. What cameras wrote stays as they wrote
// it.

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

export function tellMoments(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) time.textContent = format.format(moment);
  }
}
