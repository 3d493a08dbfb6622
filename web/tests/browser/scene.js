// A service and people who visit it, for the tests of one file.

import { after, before } from "node:test";

import { Service } from "./service.js";
import { Visitors } from "./visitors.js";

export class Scene {
  #visitors;

  // Sets the scene before the file's first test, with what the file prepares, and clears it after the
  // last.
  static of(name, prepare = () => {}) {
    const scene = new Scene();
    before(async () => {
      scene.service = await Service.start(name);
      scene.#visitors = await Visitors.of(scene.service);
      await prepare(scene.service);
    });
    after(async () => {
      await scene.#visitors?.leave();
      await scene.service?.stop();
    });
    return scene;
  }

  // A page in front of somebody, for one test.
  visit(test, options) {
    return this.#visitors.visit(test, options);
  }
}
