import type { Answer } from "../messages.js";
import { element } from "./element.js";

/** Shows an answer as a bar a digit, and says it in a sentence. */
export function showAnswer({ clean, passes }: Answer): void {
  const spreads = clean.map((probability, digit) => ({
    ...spreadOf(passes.map((pass) => pass[digit])),
    probability,
    digit,
  }));
  element("bars", HTMLOListElement).replaceChildren(...spreads.map(barOf));
  const best = spreads.reduce((a, b) => (b.mean > a.mean ? b : a));
  const agreeing = passes.filter((pass) => pass.indexOf(Math.max(...pass)) === best.digit).length;
  element("verdict", HTMLParagraphElement).textContent =
    `${agreeing} of ${passes.length} passes say ${best.digit}: ${percent(best.mean)} ± ${percent(best.deviation)}.`;
}

interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

function barOf({
  digit,
  probability,
  mean,
  deviation,
}: Spread & { readonly digit: number; readonly probability: number }): HTMLLIElement {
  const low = Math.max(mean - deviation, 0);
  const track = part("track", {});
  track.append(
    part("bar", { width: percent(mean) }),
    part("whisker", { left: percent(low), width: percent(Math.min(mean + deviation, 1) - low) }),
    part("dot", { left: percent(probability) }),
  );
  const item = document.createElement("li");
  item.append(part("digit", {}, `${digit}`), track, part("mean", {}, percent(mean)));
  return item;
}

function part(name: string, style: Partial<CSSStyleDeclaration>, text = ""): HTMLSpanElement {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  Object.assign(span.style, style);
  return span;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
