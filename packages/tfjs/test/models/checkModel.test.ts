import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { inspectDropout, replaceDropout } from "../../src/index.js";

const functions: { readonly [name: string]: (model: tf.LayersModel) => unknown } = {
  inspectDropout,
  replaceDropout,
};

const others: readonly (readonly [kind: string, value: unknown])[] = [
  ["GraphModel", new tf.GraphModel("model.json")],
  ["Dense", tf.layers.dense({ units: 1 })],
  ["Promise", Promise.resolve(tf.sequential())],
  ["Object", {}],
  ["undefined", undefined],
  ["null", null],
];

test.each(
  Object.keys(functions).flatMap((name) =>
    others.map(([kind, value]) => [name, kind, value] as const),
  ),
)("%s: refuses what is no model of layers: %s", (name, kind, value) => {
  // Callers without types give anything.
  expect(() => functions[name](value as tf.LayersModel)).toThrow(
    new TypeError(
      `${name}: model must be a LayersModel of the tfjs that this package imports (npm ls @tensorflow/tfjs must show one copy), got ${kind}`,
    ),
  );
});
