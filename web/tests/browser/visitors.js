// People at a browser. Whatever page they look at, these hold: nothing goes wrong in the
// browser's console (violations of the Content-Security-Policy show there), and no request leaves
// the site.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";

import { chromium } from "playwright-core";

// A name that leads to this machine. Browsers do not trust it as they trust "localhost": it is to them
// what a machine in a field station's network is, without TLS.
export const PLAIN_NAME = "traps.test";
// No sandbox, because root cannot have one; and no calls home.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP " + PLAIN_NAME + " 127.0.0.1",
];
const PATIENCE_MS = 60_000;

export class Visitors {
  #browser;
  #service;

  static async of(service) {
    const visitors = new Visitors();
    visitors.#service = service;
    visitors.#browser = await chromium.launch({ executablePath: browserProgram(), args: FLAGS });
    return visitors;
  }

  // Somebody with a browser of their own, for one test. `refusals` are the statuses of answers that
  // the test causes, `breaks` what the browser says to lines that the test breaks: browsers complain
  // about each in the console. With `plain` the service has a name in the network and no TLS.
  async visit(test, { scripts = true, plain = false, touch = false, locale = "en-GB", zone = "Etc/UTC", refusals = [], breaks = [] } = {}) {
    const site = new URL(this.#service.url);
    if (plain) site.hostname = PLAIN_NAME;
    const context = await this.#browser.newContext({
      baseURL: site.origin,
      javaScriptEnabled: scripts,
      viewport: { width: 1280, height: 900 },
      reducedMotion: "reduce",
      hasTouch: touch,
      locale,
      timezoneId: zone,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const complaints = watch(context, site.origin);
    test.after(async () => {
      await context.close();
      const failed = "Failed to load resource: ";
      const expected = [...refusals.map((status) => failed + "the server responded with a status of " + status), ...breaks.map((what) => failed + what)];
      if (plain) expected.push("The Cross-Origin-Opener-Policy header has been ignored, because the URL's origin was untrustworthy.");
      const unexpected = complaints.filter((complaint) => !expected.some((text) => complaint.startsWith(text)));
      assert.deepEqual(unexpected, []);
    });
    const page = await context.newPage();
    page.hasScripts = scripts;
    return page;
  }

  async leave() {
    await this.#browser.close();
  }
}

function watch(context, site) {
  const complaints = [];
  context.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    // A job's page says so when the records let it wait, and looks again by itself.
    const isPatience = message.text().includes("status of 503") && /\/jobs\/\w+$/.test(message.location().url);
    if (!isPatience) complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    // What is in a page or on the disk asks nobody for anything.
    if (origin !== site && !["data:", "file:"].includes(protocol)) complaints.push("a request to " + request.url());
  });
  return complaints;
}

function browserProgram() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const folders = process.env.PATH.split(path.delimiter);
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const found = process.env.CHROMIUM || candidates.find((candidate) => existsSync(candidate));
  if (!found) throw new Error("no Chromium here: apt-get install chromium, or set CHROMIUM to the program");
  return found;
}
