import type { MaskView, Tile } from "../masks/MaskView.js";

export interface MaskFigureOptions {
  /** Where in the network it is. */
  readonly label: string;
  readonly color: string;
}

/** A mask's picture, and in words what it drops. */
export function maskFigure(
  { site, dropped, holds, tiles }: MaskView,
  { label, color }: MaskFigureOptions,
): HTMLElement {
  const count =
    dropped === undefined ? "nothing is dropped, values are scaled" : countOf(dropped, holds);
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.append(textOf("strong", label), textOf("span", count), textOf("code", site));
  const picture = document.createElement("div");
  picture.className = tiles.length === 1 ? "tiles one" : "tiles";
  picture.role = "img";
  picture.ariaLabel = `${label}: ${count}`;
  picture.append(...tiles.map((tile) => canvasOf(tile, color)));
  figure.append(caption, picture);
  return figure;
}

const countOf = ({ count, of }: NonNullable<MaskView["dropped"]>, holds: boolean): string =>
  `${count} of ${of} ${holds ? "held" : "dropped"} (${((100 * count) / of).toFixed(1)}%)`;

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
