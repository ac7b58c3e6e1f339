import { placeDigit } from "../../data/placeDigit.js";
import { element } from "./element.js";

/** Width of the pen, in pixels of the drawing area. */
const INK = 16;

/** Where people draw a digit with a pointer, or have one written by its key. */
export class DrawingPad {
  readonly #canvas: HTMLCanvasElement = element("pad", HTMLCanvasElement);
  readonly #context: CanvasRenderingContext2D;

  constructor() {
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("demo: the drawing area must have a context, got none");
    this.#context = context;
    Object.assign(context, { lineWidth: INK, lineCap: "round", lineJoin: "round" });
    this.clear();
    this.#canvas.addEventListener("pointerdown", (event) => {
      this.#canvas.setPointerCapture(event.pointerId);
      context.beginPath();
      context.moveTo(event.offsetX, event.offsetY);
      this.#draw(event);
    });
    this.#canvas.addEventListener("pointermove", (event) => {
      if (event.buttons !== 0) this.#draw(event);
    });
    this.#canvas.addEventListener("keydown", ({ key }) => {
      if (/^\d$/.test(key)) this.#write(key);
    });
  }

  clear(): void {
    this.#context.fillStyle = "white";
    this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#context.fillStyle = "black";
  }

  /** The drawing as an image of MNIST's kind: ink in [0, 1], `[784]`. */
  image(): Float32Array {
    const { width, height } = this.#canvas;
    const { data } = this.#context.getImageData(0, 0, width, height);
    const ink = Float32Array.from({ length: width * height }, (_, i) => 1 - data[4 * i] / 255);
    return placeDigit({ ink, side: width });
  }

  #draw({ offsetX, offsetY }: PointerEvent): void {
    this.#context.lineTo(offsetX, offsetY);
    this.#context.stroke();
  }

  #write(digit: string): void {
    this.clear();
    const { width, height } = this.#canvas;
    Object.assign(this.#context, { font: "180px sans-serif", textAlign: "center" });
    this.#context.textBaseline = "middle";
    this.#context.fillText(digit, width / 2, height / 2);
  }
}
