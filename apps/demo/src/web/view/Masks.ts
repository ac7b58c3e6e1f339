import type { MaskView } from "../masks/MaskView.js";
import type { MaskPlace } from "../messages.js";
import { element } from "./element.js";
import { maskFigure } from "./maskFigure.js";

/** What is shown least, in milliseconds, while a training runs: masks must not flicker. */
const CALM = 1000;

const NOTHING = "Nothing that can be shown is dropped here.";

/** Where the masks of a step are looked at, step by step. */
export class Masks {
  readonly #host: HTMLDivElement = element("masks", HTMLDivElement);
  readonly #step: HTMLInputElement = element("mask-step", HTMLInputElement);
  readonly #example: HTMLInputElement = element("mask-example", HTMLInputElement);
  readonly #ask: (at: MaskPlace) => void;
  #draw: () => void = () => {};
  #followed = 0;

  /** @param ask Asks for the masks of a place; `show` shows them. */
  constructor(ask: (at: MaskPlace) => void) {
    this.#ask = ask;
    for (const input of [this.#step, this.#example]) {
      input.addEventListener("input", () => this.refresh());
    }
    element("mask-place", HTMLFormElement).addEventListener("submit", (event) =>
      event.preventDefault(),
    );
    element("mask-previous", HTMLButtonElement).addEventListener("click", () => this.#go(-1));
    element("mask-next", HTMLButtonElement).addEventListener("click", () => this.#go(1));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** Asks for the masks of the place that is chosen. */
  refresh(): void {
    if (!(this.#step.validity.valid && this.#example.validity.valid)) return;
    this.#ask({ step: this.#step.valueAsNumber - 1, example: this.#example.valueAsNumber - 1 });
  }

  /** Goes to a step that a training took, `now` in milliseconds. */
  follow(
    step: number,
    { running, now }: { readonly running: boolean; readonly now: number },
  ): void {
    if (running && (isStill() || now - this.#followed < CALM)) return;
    this.#followed = now;
    this.#step.value = String(Math.max(step, 1));
    this.refresh();
  }

  /** @param labels Names of the places, in the order of the views; none where sites say it. */
  show(views: readonly MaskView[], labels: readonly string[]): void {
    this.#draw = () => {
      if (views.length === 0) return this.#host.replaceChildren(NOTHING);
      const { color } = getComputedStyle(this.#host);
      const figures = views.map((view, i) => maskFigure(view, { label: labels[i], color }));
      this.#host.replaceChildren(...figures);
    };
    this.#draw();
  }

  #go(by: number): void {
    if (by > 0) this.#step.stepUp();
    else this.#step.stepDown();
    this.refresh();
  }
}

const isStill = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
