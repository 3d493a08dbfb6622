// The files that were chosen, in the order in which they came.

import { Item } from "./item.js";

export class Chosen {
  #items = new Map();

  // Takes a file. One that is on the list already is not put on it again; but if it had to be chosen
  // again, it is now.
  add(file, path) {
    const item = Item.of(file, path);
    const known = this.#items.get(item.key);
    if (!known) this.#items.set(item.key, item);
    else if (!known.file || known.complaint) Object.assign(known, { file, complaint: "" });
  }

  // Puts a file on the list that was on it before the page was loaded anew.
  recall(note) {
    const item = new Item(note);
    if (!this.#items.has(item.key)) this.#items.set(item.key, item);
  }

  remove(items) {
    for (const item of items) {
      item.isLeftOut = true;
      this.#items.delete(item.key);
    }
  }

  get items() {
    return Array.from(this.#items.values());
  }

  get count() {
    return this.#items.size;
  }

  get bytes() {
    return this.#sum((item) => item.size);
  }

  get sent() {
    return this.#sum((item) => item.sent);
  }

  get done() {
    return this.#sum((item) => (item.isDone ? 1 : 0));
  }

  get missing() {
    return this.items.filter((item) => item.isMissing);
  }

  // What people see as one thing: a folder that was dropped, or a single file. Those that need
  // somebody's hand come first.
  get groups() {
    const needs = (group) => group.items.some((item) => item.complaint || item.isMissing);
    const groups = this.#folders();
    return [...groups.filter(needs), ...groups.filter((group) => !needs(group))];
  }

  #folders() {
    const groups = new Map();
    for (const item of this.#items.values()) {
      const end = item.path.indexOf("/");
      const name = end < 0 ? item.key : item.path.slice(0, end + 1);
      const group = groups.get(name) ?? { name: end < 0 ? item.path : name, isFolder: end >= 0, items: [], bytes: 0 };
      group.items.push(item);
      group.bytes += item.size;
      groups.set(name, group);
    }
    return Array.from(groups.values());
  }

  #sum(number) {
    let sum = 0;
    for (const item of this.#items.values()) sum += number(item);
    return sum;
  }
}
