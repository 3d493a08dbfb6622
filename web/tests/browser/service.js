// A whole service for a file of tests: the real web front end and a real worker, in a folder of
// their own. Browsers reach it by a line that can be held.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { Line } from "./line.js";
import { Program } from "./program.js";
import { until } from "./until.js";
import { PLAIN_NAME } from "./visitors.js";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const PROGRAMS = {
  web: process.env.WEB ?? "target/release/trapline-web",
  worker: process.env.WORKER ?? "target/release/trapline-worker",
};
// The detector that every machine with these tests has.
const MODEL = "coco-centernet";

export class Service {
  #running;

  // Starts a service. What its programs say goes to var/browser/NAME-web.log and -worker.log.
  static async start(name, settings = {}) {
    const service = new Service();
    service.folder = await mkdtemp(path.join(os.tmpdir(), "trapline-"));
    service.line = await Line.open();
    service.url = service.line.url;
    try {
      await service.#run(name, { ...service.#settings(), ...settings });
    } catch (error) {
      await service.stop();
      throw error;
    }
    return service;
  }

  async stop() {
    await this.worker?.stop();
    await this.web?.stop();
    this.line.close();
    await rm(this.folder, { recursive: true });
  }

  // Uploads files as a program does, and gives the path of the job's page.
  async submit(...files) {
    const form = new FormData();
    form.append("email", "ada@example.org");
    for (const file of files) form.append("files", new Blob([file.buffer]), file.name);
    const answer = await fetch(this.url + "/jobs", { method: "POST", headers: { Accept: "application/json" }, body: form });
    assert.equal(answer.status, 201, await answer.clone().text());
    return answer.headers.get("location");
  }

  async status(job) {
    const answer = await fetch(this.url + job + "/status");
    return answer.json();
  }

  // Waits until a job is at a stage.
  stage(job, stage) {
    return until("a job to be " + stage, async () => (await this.status(job)).stage === stage);
  }

  // Lets the worker stand still in the middle of a job.
  async pauseAmid(job) {
    await until("the first pictures of a job", async () => (await this.status(job)).images_done > 0);
    await this.worker.pause();
    // While the records let it wait, the status has none.
    const stage = await until("the stage of a job", async () => (await this.status(job)).stage);
    assert.equal(stage, "detecting", "the job was done too soon");
  }

  // The link in the mail of a kind about a job.
  async mailedLink(kind, job) {
    const folder = path.join(this.folder, "mail");
    const links = async () => {
      const names = (await readdir(folder)).filter((name) => name.endsWith("-" + kind + ".eml"));
      const mails = await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")));
      // Quoted-printable breaks long lines with a "=".
      return mails.map((mail) => mail.replaceAll("=\r\n", "").match(/https?:\S+\/jobs\/\w+/)[0]);
    };
    return until("a mail", async () => (await links()).find((link) => link.endsWith(job)));
  }

  // Where the uploaded files of a job are.
  uploads(job) {
    return path.join(this.folder, "store", job, "upload");
  }

  // The web front end again, after it was stopped or killed.
  async startWeb() {
    const { name, env } = this.#running;
    this.web = new Program(path.resolve(ROOT, PROGRAMS.web), [], env, log(name, "web"));
    const port = await until("the web front end", () => this.web.said(/listening on http:\/\/127\.0\.0\.1:(\d+)/));
    this.line.lead(Number(port[1]));
  }

  async #run(name, env) {
    await symlink(path.join(ROOT, "var/onnxruntime"), path.join(this.folder, "onnxruntime"));
    this.#running = { name, env };
    await this.startWeb();
    const args = ["run", "--device", "cpu", "--threads", "1", "--model", MODEL];
    this.worker = new Program(path.resolve(ROOT, PROGRAMS.worker), args, env, log(name, "worker"));
    await until("the worker", async () => this.worker.said("") && (await this.#isReady()));
  }

  #settings() {
    return {
      PATH: process.env.PATH,
      TRAPLINE_HOME: this.folder,
      TRAPLINE_MODELS: path.join(ROOT, "var/models"),
      PUBLIC_URL: this.url,
      BIND_ADDR: "127.0.0.1:0",
      METRICS_ADDR: "off",
      MIN_FREE_BYTES: "0",
      UPLOADS_PER_HOUR: "0",
      MAILS_PER_DAY: "0",
      SHARD_IMAGES: "5",
      // The name that visitors without TLS use.
      ALLOWED_HOSTS: PLAIN_NAME,
    };
  }

  async #isReady() {
    const answer = await fetch(this.url + "/readyz");
    return (await answer.json()).workers === 1;
  }
}

function log(name, program) {
  const folder = path.join(ROOT, "var/browser");
  mkdirSync(folder, { recursive: true });
  return path.join(folder, name + "-" + program + ".log");
}
