import type { MaskView, Tile } from "../masks/MaskView.js";

export interface MaskFigureOptions {
  /** Where in the network it is; undefined where its site says so. */
  readonly label: string | undefined;
  readonly color: string;
}

/** A mask's picture, and in words what it drops. */
export function maskFigure(view: MaskView, { label, color }: MaskFigureOptions): HTMLElement {
  const { site, tiles } = view;
  const count = countOf(view);
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.append(
    ...(label === undefined ? [] : [textOf("strong", label)]),
    textOf("span", count),
    textOf("code", site),
  );
  const picture = document.createElement("div");
  picture.className = tiles.length === 1 ? "tiles one" : "tiles";
  picture.role = "img";
  picture.ariaLabel = `${label ?? site}: ${count}`;
  picture.append(...tiles.map((tile) => canvasOf(tile, color)));
  figure.append(caption, picture);
  return figure;
}

function countOf({ dropped, holds, learnedRate }: MaskView): string {
  if (learnedRate !== undefined) {
    // A step moves it by hundredths.
    return `softly dropped, at a learned rate of ${percent(learnedRate, 2)}`;
  }
  if (dropped === undefined) return "nothing is dropped, values are scaled";
  const { count, of } = dropped;
  return `${count} of ${of} ${holds ? "held" : "dropped"} (${percent(count / of)})`;
}

const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)}%`;

function textOf(name: "strong" | "span" | "code", text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** A pixel for each factor: 0 is empty, and the larger it is, the stronger is the colour. */
function canvasOf({ rows, columns, factors }: Tile, color: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("demo: a mask must have a context, got none");
  context.fillStyle = color;
  factors.forEach((factor, i) => {
    context.globalAlpha = Math.min(Math.max(0.75 * factor, 0), 1);
    context.fillRect(i % columns, Math.floor(i / columns), 1, 1);
  });
  return canvas;
}
