// A list of what was chosen or is under way: a few rows, however many files there are.

import { count, size } from "./words.js";

const MOST_ROWS = 12;

// Shows what was chosen: folders as one row each.
export function showChosen(list, more, groups, onRemove) {
  const shown = groups.slice(0, MOST_ROWS);
  list.replaceChildren(...shown.map((group) => chosenRow(group, onRemove)));
  const hidden = groups.length - shown.length;
  more.textContent = hidden === 0 ? "" : "and " + count(hidden, "more", "more");
}

// Shows files that are under way. Rows of files that are still under way stay, so that the keyboard's
// place in them does, too.
export function showUnderWay(list, items, onRemove) {
  for (const row of Array.from(list.children)) {
    if (!items.includes(row.item)) row.remove();
  }
  for (const item of items) {
    const row = Array.from(list.children).find((row) => row.item === item) ?? list.appendChild(underWayRow(item, onRemove));
    row.querySelector("progress").value = item.size === 0 ? 1 : item.sent / item.size;
    row.querySelector(".hint").textContent = size(item.sent) + " of " + size(item.size);
  }
}

function chosenRow(group, onRemove) {
  const { name, isFolder, items, bytes } = group;
  const row = blankRow(name, () => onRemove(items), "Remove");
  const facts = isFolder ? [count(items.length, "file", "files"), size(bytes)] : [size(bytes)];
  const done = items.filter((item) => item.isDone).length;
  const missing = items.filter((item) => item.isMissing).length;
  if (done > 0) facts.push(isFolder && done < items.length ? count(done, "has", "have") + " arrived" : "arrived");
  if (missing > 0) facts.push(isFolder ? count(missing, "is", "are") + " to be chosen again" : "to be chosen again");
  row.querySelector(".hint").textContent = facts.join(", ");
  const complaint = items.find((item) => item.complaint)?.complaint;
  if (complaint) row.append(element("p", "row-complaint", complaint));
  return row;
}

function underWayRow(item, onRemove) {
  const row = blankRow(item.path, () => onRemove([item]), "Leave out");
  row.item = item;
  const bar = element("progress", "row-bar");
  bar.max = 1;
  bar.setAttribute("aria-label", item.path);
  row.append(bar);
  return row;
}

function blankRow(name, onRemove, word) {
  const row = element("li", "row");
  const button = element("button", "small", word);
  button.type = "button";
  button.setAttribute("aria-label", word + " " + name);
  button.addEventListener("click", onRemove);
  row.append(element("span", "row-name", name), element("span", "hint"), button);
  return row;
}

function element(kind, className, text = "") {
  const made = document.createElement(kind);
  made.className = className;
  made.textContent = text;
  return made;
}
