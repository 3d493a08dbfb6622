// Zoom and pan of a large picture: wheel, pinch, drag, buttons, and the keys + − 0 and arrows.

const MOST = 12;
const STEP = 1.4;
const PAN = 60;

export function makeZoomable(root) {
  for (const stage of root.querySelectorAll("[data-zoom]")) new Zoom(stage);
}

class Zoom {
  #stage;
  #canvas;
  #scale = 1;
  #x = 0;
  #y = 0;
  #pointers = new Map();

  constructor(stage) {
    this.#stage = stage;
    this.#canvas = stage.querySelector(".canvas");
    stage.zoom = this;
    this.#addTools();
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    stage.addEventListener("dblclick", (event) => event.target.closest("button") || this.by(this.#scale > 1 ? 0 : 3, event));
    // A picture that is dragged moves; it is not carried away.
    stage.addEventListener("dragstart", (event) => event.preventDefault());
    // One finger scrolls the page; two are ours, or the browser would take them for scrolling.
    for (const name of ["touchstart", "touchmove"]) {
      stage.addEventListener(name, (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
    }
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      stage.addEventListener(name, (event) => this.#point(event));
    }
  }

  // Zooms by a factor around a place of the screen, the middle without one; 0 shows all of it again.
  by(factor, around) {
    const area = this.#stage.getBoundingClientRect();
    const [x, y] = around ? [around.clientX - area.x, around.clientY - area.y] : [area.width / 2, area.height / 2];
    const scale = factor === 0 ? 1 : Math.min(MOST, Math.max(1, this.#scale * factor));
    const left = this.#canvas.offsetLeft;
    const top = this.#canvas.offsetTop;
    const ratio = scale / this.#scale;
    this.#x = (x - left) * (1 - ratio) + this.#x * ratio;
    this.#y = (y - top) * (1 - ratio) + this.#y * ratio;
    this.#scale = scale;
    this.#show();
  }

  pan(x, y) {
    this.#x += x;
    this.#y += y;
    this.#show();
  }

  get isZoomed() {
    return this.#scale > 1;
  }

  // The keys that mean something here. Whether this was one.
  key(name) {
    const factors = { "+": STEP, "=": STEP, "-": 1 / STEP, "−": 1 / STEP, 0: 0 };
    const ways = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] };
    if (name in factors) this.by(factors[name]);
    else if (this.isZoomed && name in ways) this.pan(...ways[name]);
    else return false;
    return true;
  }

  #show() {
    const { offsetWidth: width, offsetHeight: height } = this.#canvas;
    // The picture never leaves its place altogether.
    const keep = (value, length) => Math.min(0, Math.max(length * (1 - this.#scale), value));
    this.#x = keep(this.#x, width);
    this.#y = keep(this.#y, height);
    this.#canvas.style.transform = this.isZoomed ? `translate(${this.#x}px, ${this.#y}px) scale(${this.#scale})` : "";
    this.#stage.classList.toggle("is-zoomed", this.isZoomed);
  }

  #wheel(event) {
    // A wheel that cannot zoom out further scrolls the page.
    if (event.deltaY === 0 || (event.deltaY > 0 && !this.isZoomed)) return;
    event.preventDefault();
    this.by(event.deltaY < 0 ? 1.15 : 1 / 1.15, event);
  }

  #point(event) {
    if (event.target.closest("button")) return;
    if (event.type === "pointerdown") {
      this.#stage.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, event);
      return;
    }
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    if (event.type !== "pointermove") {
      this.#pointers.delete(event.pointerId);
      return;
    }
    if (this.#pointers.size === 2) this.#pinch(before, event);
    else if (this.isZoomed) this.pan(event.clientX - before.clientX, event.clientY - before.clientY);
    this.#pointers.set(event.pointerId, event);
  }

  #pinch(before, now) {
    const other = Array.from(this.#pointers.values()).find((pointer) => pointer.pointerId !== now.pointerId);
    const distance = (pointer) => Math.hypot(pointer.clientX - other.clientX, pointer.clientY - other.clientY);
    const middle = { clientX: (now.clientX + other.clientX) / 2, clientY: (now.clientY + other.clientY) / 2 };
    this.by(distance(now) / Math.max(1, distance(before)), middle);
  }

  #addTools() {
    const tools = document.createElement("div");
    tools.className = "zoom-tools";
    for (const [text, label, factor] of [["−", "Zoom out", 1 / STEP], ["+", "Zoom in", STEP], ["Fit", "Fit the whole picture", 0]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => this.by(factor));
      tools.append(button);
    }
    this.#stage.append(tools);
  }
}
