// The line between browsers and the server. It can be held, as bad lines hold.

import { once } from "node:events";
import net from "node:net";
import { pipeline, Transform } from "node:stream";

export class Line {
  #server;
  #target;
  #sockets = new Set();
  #holdAfter = Infinity;
  #held = [];
  #holdsAnswers = false;
  #heldAnswers = [];
  #cuts = [];
  // How many bytes have come from browsers.
  passed = 0;

  // A line with its own port; what it leads to is told by `lead`.
  static async open() {
    const line = new Line();
    line.#server = net.createServer((client) => line.#connect(client));
    line.#server.listen(0, "127.0.0.1");
    await once(line.#server, "listening");
    return line;
  }

  get url() {
    return "http://127.0.0.1:" + this.#server.address().port;
  }

  lead(port) {
    this.#target = port;
  }

  // From now on, of what a connection sends, no more than so many bytes pass.
  hold(bytes) {
    this.#holdAfter = bytes;
  }

  release() {
    this.#holdAfter = Infinity;
    for (const { pass } of this.#held.splice(0)) pass();
  }

  // Whether something is held.
  get isHolding() {
    return this.#held.length > 0;
  }

  // Connections that are held never pass anything again, and browsers are not told: so a line ends for
  // a computer that slept. New connections are good.
  forget() {
    this.#holdAfter = Infinity;
    for (const { server } of this.#held.splice(0)) {
      server.removeAllListeners();
      server.on("error", () => {});
      server.destroy();
    }
  }

  // Cuts all connections each time that browsers have sent so many more bytes.
  cutAfter(distances) {
    this.#cuts = [...distances];
    this.passed = 0;
  }

  // How many cuts are still to come.
  get cutsLeft() {
    return this.#cuts.length;
  }

  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  // Nothing that the server says passes while something is done.
  async holdAnswers(during) {
    this.#holdsAnswers = true;
    try {
      await during();
    } finally {
      this.#holdsAnswers = false;
      for (const pass of this.#heldAnswers.splice(0)) pass();
    }
  }

  close() {
    this.#server.close();
    this.cut();
  }

  #connect(client) {
    const server = net.connect(this.#target, "127.0.0.1");
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    }
    // Either side may hang up at any time; the other is then hung up on, too.
    const end = () => {
      client.destroy();
      server.destroy();
    };
    pipeline(client, this.#gate(server), server, end);
    pipeline(server, this.#answerGate(), client, end);
  }

  #answerGate() {
    return new Transform({
      transform: (chunk, _, done) => {
        const pass = () => done(null, chunk);
        if (this.#holdsAnswers) this.#heldAnswers.push(pass);
        else pass();
      },
    });
  }

  #gate(server) {
    let passed = 0;
    const gate = new Transform({
      transform: (chunk, _, done) => {
        if (this.#isCutBy(chunk.length)) return this.cut();
        // Of a chunk that is too long, its beginning passes: the head of a request is not held with
        // the first of its body.
        const room = Math.max(0, this.#holdAfter - passed);
        passed += chunk.length;
        if (chunk.length <= room) return done(null, chunk);
        if (room > 0) gate.push(chunk.subarray(0, room));
        this.#held.push({ pass: () => done(null, chunk.subarray(room)), server });
      },
    });
    return gate;
  }

  #isCutBy(bytes) {
    this.passed += bytes;
    if (!(this.passed >= this.#cuts[0])) return false;
    this.#cuts.shift();
    this.passed = 0;
    return true;
  }
}
