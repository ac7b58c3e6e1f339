import { drawMask, drawUniform } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { drawField } from "../src/drawField.js";
import { backends } from "./backends.js";

const key = { seed: 7, site: "hidden/activation", step: 3 };

describe.each(backends)("%s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test("field: Bernoulli draws are core's mask, as bool", () => {
    const field = drawField({ field: { draw: "bernoulli", rate: 0.3 }, target: [9, 70], key });
    expect([field.dtype, field.shape]).toEqual(["bool", [9, 70]]);
    expect([...field.dataSync()]).toEqual([...drawMask({ ...key, shape: [9, 70], rate: 0.3 })]);
  });

  test("field: uniform draws are core's values, as float32", () => {
    const field = drawField({ field: { draw: "uniform" }, target: [9, 70], key });
    expect([field.dtype, field.shape]).toEqual(["float32", [9, 70]]);
    expect([...field.dataSync()]).toEqual([...drawUniform({ ...key, shape: [9, 70] })]);
  });

  test("field: shared axes have size 1", () => {
    const field = drawField({
      field: { draw: "bernoulli", rate: 0.5, shared: [[1, -2]] },
      target: [2, 5, 5, 3],
      key,
    });
    expect(field.shape).toEqual([2, 1, 1, 3]);
  });
});

test("field: refuses a draw that core has no generator for", () => {
  expect(() => drawField({ field: { draw: "normal" }, target: [1], key })).toThrow(
    new TypeError("drawField: draw must be bernoulli or uniform, got normal"),
  );
});
