// Numbers, sizes and spans as people read them.

export function count(number, one, many) {
  return number.toLocaleString("en") + " " + (number === 1 ? one : many);
}

export function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 999.5 && unit < units.length - 1) {
    bytes /= 1000;
    unit += 1;
  }
  return (unit > 0 && bytes < 9.95 ? bytes.toFixed(1) : Math.round(bytes)) + " " + units[unit];
}

export function span(seconds) {
  if (seconds < 60) return Math.max(1, Math.round(seconds)) + " s";
  if (seconds < 5400) return Math.round(seconds / 60) + " min";
  if (seconds < 172800) return (seconds / 3600).toFixed(1) + " h";
  return Math.round(seconds / 86400) + " days";
}
