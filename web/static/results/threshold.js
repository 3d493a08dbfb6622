// The threshold: while its slider moves, the boxes on the page, the words under the pictures and the
// counts follow at once. Lists and plots follow a moment later, from the service.

import { changeViewSoon } from "./view.js";

// A number with commas, as the service writes it.
const inWords = (number) => number.toLocaleString("en-US");

export function followThreshold(filters) {
  const [slider, number] = [filters.querySelector("#slider"), filters.querySelector("#threshold")];
  const follow = (value) => {
    showAt(Math.round(Number(value) * 1000));
    changeViewSoon();
  };
  slider.addEventListener("input", () => {
    number.value = Number(slider.value).toString();
    follow(slider.value);
  });
  number.addEventListener("input", () => {
    if (!number.value || !number.checkValidity()) return;
    slider.value = number.value;
    follow(number.value);
  });
}

// Shows what counts at a threshold, in thousandths.
export function showAt(threshold) {
  for (const box of document.querySelectorAll(".boxes rect")) {
    box.toggleAttribute("hidden", Number(box.dataset.confidence) < threshold);
  }
  for (const word of document.querySelectorAll("[data-words]")) showWord(word, threshold);
  showCounts(threshold);
}

// What a file shows, as the service says it for every threshold.
function showWord(word, threshold) {
  const shown = JSON.parse(word.dataset.words).find(({ until }) => threshold <= until);
  if (!shown) return;
  word.className = "word " + shown.class;
  word.textContent = shown.text;
}

// Between two steps nothing is known before the service says it.
function showCounts(threshold) {
  const { first, step, counts } = JSON.parse(document.getElementById("filters").dataset.steps);
  const place = (threshold - first) / step;
  if (!Number.isInteger(place) || place < 0) return;
  for (const count of document.querySelectorAll("[data-count]")) {
    const known = counts[count.dataset.count]?.[place];
    if (known !== undefined) count.textContent = inWords(known);
  }
}
