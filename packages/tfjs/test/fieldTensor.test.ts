import { drawField, drawMask, drawNormal, drawUniform, type Field } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { fieldTensor } from "../src/fieldTensor.js";
import { backends } from "./backends.js";

const key = { seed: 7, site: "hidden/activation", step: 3 };
const target = [9, 70];
const draw = (field: Field): tf.Tensor => fieldTensor(drawField(field, { ...key, target }));

describe.each(backends)("%s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test("field: Bernoulli draws are core's mask, as bool", () => {
    const field = draw({ draw: "bernoulli", rate: 0.3 });
    expect([field.dtype, field.shape]).toEqual(["bool", target]);
    expect([...field.dataSync()]).toEqual([...drawMask({ ...key, shape: target, rate: 0.3 })]);
  });

  test("field: uniform and normal draws are core's values, as float32", () => {
    const uniform = draw({ draw: "uniform" });
    expect([uniform.dtype, uniform.shape]).toEqual(["float32", target]);
    expect([...uniform.dataSync()]).toEqual([...drawUniform({ ...key, shape: target })]);
    const normal = draw({ draw: "normal" });
    expect([normal.dtype, normal.shape]).toEqual(["float32", target]);
    expect([...normal.dataSync()]).toEqual([...drawNormal({ ...key, shape: target })]);
  });

  test("field: shared axes have size 1", () => {
    expect(draw({ draw: "bernoulli", rate: 0.5, shared: [[1, 1]] }).shape).toEqual([9, 1]);
  });
});
