import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import * as exported from "../../src/index.js";

/** A layer's class, which tfjs knows layers by. */
type LayerClass = { readonly className: string; readonly prototype: object };

const classes = Object.values<unknown>(exported).filter(
  (one): one is LayerClass => typeof one === "function" && one.prototype instanceof tf.layers.Layer,
);

test("registerLayers: every exported layer is what tfjs makes of its name in a model's file", () => {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  expect(classes.length).toBeGreaterThan(10);
  for (const layer of classes) expect(classNameMap[layer.className]?.[0]).toBe(layer);
});
