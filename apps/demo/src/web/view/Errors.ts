import type { Request } from "../messages.js";
import { element } from "./element.js";

type Place = "error" | "own-error" | "ask-error";

const places: readonly Place[] = ["error", "own-error", "ask-error"];

/** Says what went wrong, beside what was asked for. */
export class Errors {
  #opened: Place = "error";

  /** Of files, where they were chosen. */
  openAt(at: Element): void {
    this.#opened = at.closest("#own") === null ? "error" : "own-error";
  }

  show(at: Request["type"], message: string): void {
    element(this.#placeOf(at), HTMLParagraphElement).textContent = message;
  }

  clear(): void {
    for (const place of places) element(place, HTMLParagraphElement).textContent = "";
  }

  #placeOf(at: Request["type"]): Place {
    switch (at) {
      case "open":
        return this.#opened;
      case "edit":
      case "saveOwn":
        return "own-error";
      case "ask":
        return "ask-error";
      default:
        return "error";
    }
  }
}
