// One file that is to be uploaded, and how far it is.

export class Item {
  // Whether all of it has arrived.
  isDone = false;
  // Whether it was taken off the list.
  isLeftOut = false;
  // Why it cannot be sent, if it cannot.
  complaint = "";
  // How many bytes were sent, as far as the browser knows.
  sent = 0;
  // How many bytes the server had when it was last asked.
  arrived = 0;
  // How often it has broken off.
  failures = 0;

  // `file` is null for one that was chosen before the page was loaded anew.
  constructor({ path, size, modified, url = null, isDone = false }, file = null) {
    this.path = path;
    this.size = size;
    this.modified = modified;
    this.url = url;
    this.isDone = isDone;
    this.sent = isDone ? size : 0;
    this.file = file;
  }

  static of(file, path) {
    return new Item({ path, size: file.size, modified: file.lastModified }, file);
  }

  // What the same file has when it is chosen again.
  get key() {
    return [this.path, this.size, this.modified].join("\n");
  }

  // Whether it must be chosen again before it can be sent.
  get isMissing() {
    return !this.isDone && this.file === null;
  }

  // What is worth remembering of it.
  get note() {
    const { path, size, modified, url, isDone } = this;
    return { path, size, modified, url, isDone };
  }
}
