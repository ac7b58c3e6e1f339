import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs";
import { expect, test, vi } from "vitest";
import { dropConnect, dropout, variationalRnn } from "../../src/index.js";

/** tfjs once more, as a second installed version is: other classes, on the one engine of the page. */
function secondCopy(): typeof tf {
  // It says of each kernel that it is there already.
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const copy: typeof tf = createRequire(import.meta.url)("@tensorflow/tfjs/dist/tf.es2017.js");
  warn.mockRestore();
  return copy;
}
const other = secondCopy();

const cell = (): tf.layers.RNNCell => tf.layers.gruCell({ units: 2 });
const oneCopy =
  "of the tfjs that this package imports (npm ls @tensorflow/tfjs must show one copy)";

test("a layer in a model of another copy of tfjs says so, and how to look", () => {
  const message = `input must be a tensor ${oneCopy}, got SymbolicTensor`;
  const flat = { inputShape: [3], name: "l" };
  const layers: readonly [string, () => tf.layers.Layer][] = [
    ["dropout", () => dropout({ rate: 0.5, ...flat })],
    [
      "dropConnect",
      () => dropConnect({ rate: 0.5, layer: tf.layers.dense({ units: 2 }), ...flat }),
    ],
    [
      "variationalRnn",
      () => variationalRnn({ cell: cell(), inputRate: 0.5, inputShape: [3, 2], name: "l" }),
    ],
  ];
  for (const [owner, make] of layers) {
    expect(() => other.sequential({ layers: [make()] })).toThrow(
      new TypeError(`${owner} "l": ${message}`),
    );
  }
});

test("a layer or cell of another copy of tfjs is refused at construction", () => {
  expect(() => dropConnect({ layer: other.layers.dense({ units: 2 }), rate: 0.5 })).toThrow(
    new TypeError(`dropConnect: layer must be one ${oneCopy}, got Dense`),
  );
  expect(() => variationalRnn({ cell: other.layers.gruCell({ units: 2 }) })).toThrow(
    new TypeError(`variationalRnn: cell must be a recurrent cell ${oneCopy}, got GRUCell`),
  );
});
