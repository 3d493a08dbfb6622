// One file on its way, by tus-js-client.

import { Trouble } from "./trouble.js";

// Files up to this size go with the request that begins them. Of one that breaks off in this
// request nothing is kept; so it is tried once for each file.
const SMALL_BYTES = 8 << 20;
// After so long without a byte the connection is taken for dead; browsers would wait much longer.
const SILENCE_MS = 45_000;
const LOOK_MS = 5_000;

export class Parcel {
  #item;
  #set;
  #chunkBytes;
  #onUrl;
  #onArrival;
  #begun = false;
  #upload;
  #end;
  #moved = Date.now();

  constructor(item, { set, chunkBytes, onUrl, onArrival }) {
    this.#item = item;
    this.#set = set;
    this.#chunkBytes = chunkBytes;
    this.#onUrl = onUrl;
    this.#onArrival = onArrival;
  }

  // Sends what is not there yet. Ends when all of it has arrived or `stop` is called; throws
  // `Trouble` when it breaks off.
  async run() {
    const watch = window.setInterval(() => this.#look(), LOOK_MS);
    try {
      await new Promise((resolve, reject) => {
        this.#end = { resolve, reject };
        this.#upload = new globalThis.tus.Upload(this.#item.file, this.#options());
        this.#upload.start();
      });
    } finally {
      window.clearInterval(watch);
    }
  }

  // Stops; what has arrived stays.
  stop() {
    this.#upload?.abort();
    this.#end?.resolve();
  }

  #options() {
    const item = this.#item;
    return {
      endpoint: new URL("/uploads", window.location.href).href,
      uploadUrl: item.url,
      metadata: { filename: item.file.name, relativePath: item.path, filetype: item.file.type, set: this.#set },
      headers: { Accept: "application/json" },
      chunkSize: this.#chunkBytes,
      uploadDataDuringCreation: item.size <= SMALL_BYTES && item.failures === 0,
      // Both are done by this page: when to go on, and what to remember.
      retryDelays: null,
      storeFingerprintForResuming: false,
      // Without this, whatever is wrong with the answer, an upload would be begun anew that is still
      // there.
      onAfterResponse: (request, response) => {
        const [asked, status] = [request.getMethod(), response.getStatus()];
        if (asked === "HEAD" && status >= 300 && ![404, 410, 423].includes(status)) throw new Error("no answer about the upload");
      },
      onProgress: (sent) => this.#progress(sent),
      onUploadUrlAvailable: () => {
        if (item.url === this.#upload.url) return;
        item.url = this.#upload.url;
        this.#onUrl(item);
      },
      onSuccess: () => {
        item.isDone = true;
        item.sent = item.size;
        this.#end.resolve();
      },
      onError: (error) => this.#fail(error.originalResponse),
    };
  }

  #progress(sent) {
    const item = this.#item;
    // What is told first is what the server has. All else is what the browser has handed on.
    if (!this.#begun && sent > item.arrived) {
      item.arrived = sent;
      this.#onArrival();
    }
    this.#begun = true;
    item.sent = sent;
    this.#moved = Date.now();
  }

  #fail(response) {
    this.#item.failures += 1;
    this.#end.reject(new Trouble(response?.getStatus() ?? 0, response?.getBody()));
  }

  #look() {
    if (Date.now() - this.#moved < SILENCE_MS) return;
    this.#upload.abort();
    this.#fail(null);
  }
}
