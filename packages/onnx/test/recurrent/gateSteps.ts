import { drawMask } from "@dropoutkit/core";
import { rateScalars } from "@dropoutkit/core/adapter";
import type { Feed } from "../runtime/runModel.js";
import { gatesOf, type RecurrentCase } from "./recurrentModel.js";

/** Noise that each gate has of its own; `order` are core's numbers of the operator's gates. */
export interface GateNoise {
  readonly seed: number;
  readonly step: number;
  readonly site: string;
  readonly rates: Readonly<Record<"input" | "state", number>>;
  readonly order: readonly number[];
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * The last state, `[batch, hidden]`, of a forward LSTM or GRU with a bias, an input mask and a state mask for
 * each gate: the textbook's formulas in float64.
 */
export function gateSteps(
  { kind, time, batch, features, hidden, attributes }: RecurrentCase,
  feeds: Readonly<Record<string, Feed>>,
  { order, rates, ...key }: GateNoise,
): number[] {
  const gates = gatesOf[kind];
  const at = (name: string, index: number): number => Number(feeds[name].data[index]);
  const masks = (place: "input" | "state", size: number) =>
    order.map((gate) => {
      const site = `${key.site}/${place}/${gate}`;
      const rate = rates[place];
      const mask = drawMask({ ...key, site, shape: [batch, size], rate });
      return Array.from(mask, (kept) => kept * rateScalars(rate).gain);
    });
  const [input, state] = [masks("input", features), masks("state", hidden)];
  let h = new Array<number>(batch * hidden).fill(0);
  let c = [...h];
  for (let t = 0; t < time; t++) {
    const next = { h: [...h], c: [...c] };
    for (let b = 0; b < batch; b++) {
      /** A gate's share of the input and of the state, with the biases. */
      const share = (gate: number, unit: number, scale: (i: number) => number = () => 1) => {
        const row = gate * hidden + unit;
        let x = at("B", row);
        for (let i = 0; i < features; i++) {
          const value = at("X", (t * batch + b) * features + i);
          x += at("W", row * features + i) * value * input[gate][b * features + i];
        }
        let r = at("B", gates * hidden + row);
        let bare = 0;
        for (let i = 0; i < hidden; i++) {
          const value = h[b * hidden + i] * state[gate][b * hidden + i];
          bare += at("R", row * hidden + i) * value * scale(i);
        }
        r += bare;
        return { x, r, sum: x + r };
      };
      for (let unit = 0; unit < hidden; unit++) {
        const i = b * hidden + unit;
        if (kind === "LSTM") {
          const [a, o, f, g] = [0, 1, 2, 3].map((gate) => share(gate, unit).sum);
          next.c[i] = sigmoid(f) * c[i] + sigmoid(a) * Math.tanh(g);
          next.h[i] = sigmoid(o) * Math.tanh(next.c[i]);
        } else {
          const z = sigmoid(share(0, unit).sum);
          const reset = (of: number): number => sigmoid(share(1, of).sum);
          const late = share(2, unit);
          const candidate =
            attributes.linear_before_reset === 1
              ? late.x + reset(unit) * late.r
              : share(2, unit, reset).sum;
          next.h[i] = (1 - z) * Math.tanh(candidate) + z * h[i];
        }
      }
    }
    ({ h, c } = next);
  }
  return h;
}
