import uPlot from "uplot";
import type { Point, Scores } from "../messages.js";
import { element } from "./element.js";

const arms = ["first", "second"] as const;

/** Of lines: the second network's lie on the first's, and where both are equal both are seen. */
const WIDTHS = { first: 3.5, second: 1.5 };

const FONT = "12px system-ui, sans-serif";

/** A chart of training and validation of both networks. */
export class Curves {
  readonly #host: HTMLDivElement;
  readonly #values: (point: Point) => number[];
  readonly #data: number[][] = [[], [], [], [], []];
  #plot: uPlot | undefined;

  constructor(id: string, values: (scores: Scores) => readonly number[]) {
    this.#host = element(id, HTMLDivElement);
    this.#values = (point) => arms.flatMap((arm) => values(point[arm]));
    new ResizeObserver(() => this.#fit()).observe(this.#host);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#build());
    this.#build();
  }

  add(point: Point): void {
    [point.step, ...this.#values(point)].forEach((value, i) => void this.#data[i].push(value));
    this.#show();
  }

  clear(): void {
    for (const values of this.#data) values.length = 0;
    this.#show();
  }

  #show(): void {
    this.#plot?.setData([this.#data[0], ...this.#data.slice(1)]);
  }

  #fit(): void {
    this.#plot?.setSize({ width: this.#host.clientWidth, height: 240 });
  }

  /** Colours are read when a chart is made, so another scheme needs another chart. */
  #build(): void {
    this.#plot?.destroy();
    const colour = (name: string) => resolved(this.#host, name);
    const axis = {
      font: FONT,
      stroke: colour("--quiet"),
      grid: { stroke: colour("--rule"), width: 1 },
    };
    const series = arms.flatMap((arm): uPlot.Series[] => {
      const line = { stroke: colour(`--${arm}`), points: { show: false } };
      return [
        { ...line, width: WIDTHS[arm], dash: [5, 4] },
        { ...line, width: WIDTHS[arm] },
      ];
    });
    this.#plot = new uPlot(
      {
        width: this.#host.clientWidth,
        height: 240,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false } },
        axes: [
          { ...axis, label: "Step", size: 32, labelSize: 20, labelFont: FONT },
          { ...axis, size: 56 },
        ],
        series: [{}, ...series],
      },
      [[]],
      this.#host,
    );
    this.#show();
  }
}

function resolved(host: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
