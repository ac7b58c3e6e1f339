/// <reference lib="dom" />
import { forward, dropout as variantOf } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { dropout } from "../../src/layers/Dropout.js";

test("webgl, version 1, which has no unsigned integers: the values are core's", async () => {
  tf.env().set("WEBGL_VERSION", 1);
  expect(await tf.setBackend("webgl")).toBe(true);
  expect(tf.env().getNumber("WEBGL_VERSION")).toBe(1);
  const shape = [7, 300];
  const key = { seed: 7, site: "h", step: 12 };
  const x = new Float32Array(2100).fill(3);
  const y = dropout({ rate: 0.5, ...key }).call(tf.tensor(x, shape), { training: true });
  const expected = forward(variantOf({ rate: 0.5 }), x, { ...key, shape, training: true });
  expect(await y.data()).toEqual(expected);
});
