// The threshold: while its slider moves, the boxes on the page, the words under the pictures and the
// counts follow at once. Lists and plots follow a moment later, from the service.

import { changeViewSoon } from "./view.js";

const RANKS = ["animal", "person", "vehicle"];

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
  for (const word of document.querySelectorAll("[data-word]")) {
    const link = word.closest(".tile-link");
    showWord(word, Array.from(link.querySelectorAll(".boxes rect:not([hidden])")));
  }
  showCounts(threshold);
}

// The first category that counts, and its surest box.
function showWord(word, boxes) {
  const category = RANKS.find((name) => boxes.some((box) => box.classList.contains(name)));
  word.className = "word " + (category ?? "blank");
  if (!category) {
    word.textContent = "blank";
    return;
  }
  const sure = boxes.filter((box) => box.classList.contains(category)).map((box) => Number(box.dataset.confidence));
  word.textContent = category + " " + (Math.floor(Math.max(...sure) / 10) / 100).toFixed(2);
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
