// A program of the service, as a process.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";

// Nothing that a test has started outlives it.
const children = new Set();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

export class Program {
  #child;
  #log = "";
  #ended;

  // Starts it. What it says goes to the file `log`.
  constructor(path, args, env, log) {
    const file = createWriteStream(log);
    this.#child = spawn(path, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    children.add(this.#child);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        this.#log += text;
        file.write(text);
      });
    }
    this.#ended = once(this.#child, "close").then(() => {
      children.delete(this.#child);
      file.end();
    });
  }

  // What it has said so far that fits. Throws when it is not running any more.
  said(pattern) {
    if (!this.isRunning()) throw new Error("a program ended:\n" + this.#log);
    return this.#log.match(pattern);
  }

  isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  // Lets it stand still where it is.
  pause() {
    this.#child.kill("SIGSTOP");
  }

  resume() {
    this.#child.kill("SIGCONT");
  }

  // Ends it as a power cut does.
  async kill() {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  async stop() {
    this.resume();
    this.#child.kill("SIGTERM");
    await this.#ended;
  }
}
