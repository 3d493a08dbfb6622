// What is remembered of an unfinished upload when the page is loaded anew or the computer is
// switched off: which files there are, where those that have begun are on the server, and what was
// chosen in the form. Files themselves cannot be remembered.
//
// It is in the browser's IndexedDB, which has room for more files than localStorage. Where there is
// none, nothing is remembered, and the upload works all the same.

const SETS = "sets";
const FILES = "files";
// By then the server has forgotten it, too.
const FORGOTTEN_AFTER_MS = 14 * 86_400_000;

export class Memory {
  #opening = open();

  // The newest unfinished upload that no other window is at: `{ set, fields, isWhole, notes }`.
  async unfinished() {
    const sets = (await this.#ask(SETS, "readonly", (store) => store.getAll())) ?? [];
    sets.sort((a, b) => b.begun - a.begun);
    for (const found of sets) {
      if (!(await hold(found.set))) continue;
      if (Date.now() - found.begun > FORGOTTEN_AFTER_MS) {
        await this.forget(found.set);
        continue;
      }
      const notes = (await this.#ask(FILES, "readonly", (store) => store.getAll(allOf(found.set)))) ?? [];
      return { ...found, notes };
    }
    return null;
  }

  // Remembers an upload and its files.
  async begin(set, fields, items) {
    hold(set);
    await this.#ask(SETS, "readwrite", (store) => store.put({ set, fields, isWhole: false, begun: Date.now() }));
    await this.#ask(FILES, "readwrite", (store) => {
      for (const item of items) store.put({ set, key: item.key, ...item.note });
    });
  }

  // Remembers that all files have arrived.
  async noteWhole(set, fields) {
    await this.#ask(SETS, "readwrite", (store) => store.put({ set, fields, isWhole: true, begun: Date.now() }));
  }

  // Remembers how far a file is.
  async note(set, item) {
    await this.#ask(FILES, "readwrite", (store) => store.put({ set, key: item.key, ...item.note }));
  }

  async forgetFiles(set, items) {
    await this.#ask(FILES, "readwrite", (store) => {
      for (const item of items) store.delete([set, item.key]);
    });
  }

  async forget(set) {
    await this.#ask(SETS, "readwrite", (store) => store.delete(set));
    await this.#ask(FILES, "readwrite", (store) => store.delete(allOf(set)));
  }

  // Asks one store, and waits until what was changed is kept.
  async #ask(name, mode, ask) {
    try {
      const base = await this.#opening;
      const transaction = base.transaction(name, mode);
      const request = ask(transaction.objectStore(name));
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      return request?.result;
    } catch {
      // The browser keeps nothing, as some do in private windows, or has no room: the upload goes on
      // without.
      return undefined;
    }
  }
}

// Keeps other windows of this browser from taking up the same upload, as long as this one is open.
// Says whether none of them has it. Browsers offer this only where the line is safe.
async function hold(set) {
  if (!navigator.locks) return true;
  return new Promise((resolve) => {
    navigator.locks.request("upload " + set, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock && new Promise(() => {});
    });
  });
}

function allOf(set) {
  return IDBKeyRange.bound([set], [set, []]);
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("trapline", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(SETS, { keyPath: "set" });
      request.result.createObjectStore(FILES, { keyPath: ["set", "key"] });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another window holds it"));
  });
}
