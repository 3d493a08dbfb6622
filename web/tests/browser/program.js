// A program of the service, as a process.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";

import { until } from "./until.js";

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

  // Lets it stand still where it is, but never while it holds a file locked: nobody else could write
  // into the database then.
  async pause() {
    await until("a program to stand still without a lock", async () => {
      this.#child.kill("SIGSTOP");
      await until("a program to stand still", () => this.#isStopped());
      if (!(await this.#holdsLock())) return true;
      this.resume();
      return false;
    });
  }

  resume() {
    this.#child.kill("SIGCONT");
  }

  async #isStopped() {
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, "utf8");
    // The name of the program may have spaces and brackets.
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
  }

  async #holdsLock() {
    const locks = await readFile("/proc/locks", "utf8");
    const held = new RegExp(`^\\d+: POSIX +\\S+ +WRITE ${this.#child.pid} `, "m");
    return held.test(locks);
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
