import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { selectValue } from "../../src/noise/selectValue.js";
import { backends } from "../backends/backends.js";

const mask = (values: number[], shape: number[] = [values.length]): tf.Tensor =>
  tf.tensor(values, shape, "bool");
const list = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

describe.each(backends)("%s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test("select: picks kept where the field is true, dropped elsewhere", () => {
    const y = selectValue(mask([1, 0, 1]), tf.tensor([1, 2, 3]), tf.tensor([-1, -2, -3]));
    expect(list(y)).toEqual([1, -2, 3]);
  });

  test("select: NaN and Inf that are not picked vanish", () => {
    const y = selectValue(mask([1, 0, 0]), tf.tensor([1, Number.NaN, Infinity]), 0);
    expect(list(y)).toEqual([1, 0, 0]);
  });

  test("select: NaN and Inf in dy vanish where the entry was not picked", () => {
    const gradient = tf.grads((kept, dropped) => selectValue(mask([1, 0, 0]), kept, dropped));
    const x = tf.zeros([3]);
    const dy = tf.tensor([2, Number.NaN, Infinity]);
    const [byKept, byDropped] = gradient([x, x.clone()], dy);
    expect(list(byKept)).toEqual([2, 0, 0]);
    expect(list(byDropped)).toEqual([0, Number.NaN, Infinity]);
  });

  test("select: a field with axes of size 1 broadcasts to the values", () => {
    const y = selectValue(mask([1, 0], [2, 1]), tf.ones([2, 3]), 0);
    expect(list(y)).toEqual([1, 1, 1, 0, 0, 0]);
  });

  test("select: values smaller than the field broadcast, and their gradient sums over the copies", () => {
    const field = mask([1, 0, 1, 1], [2, 2]);
    const kept = tf.tensor([10, 20]);
    const dropped = tf.tensor([[5], [6]]);
    expect(list(selectValue(field, kept, dropped))).toEqual([10, 5, 10, 20]);
    const [byKept, byDropped] = tf.grads((a, b) => selectValue(field, a, b))([kept, dropped]);
    expect(list(byKept)).toEqual([2, 1]);
    expect(byDropped.shape).toEqual([2, 1]);
    expect(list(byDropped)).toEqual([1, 0]);
  });

  test("select: differentiates twice", () => {
    const cube = (x: tf.Tensor) => selectValue(mask([1, 0, 1]), tf.mul(tf.mul(x, x), x), 0);
    const second = tf.grad(tf.grad(cube));
    // d²(x³)/dx² = 6x, in small integers: exact.
    expect(list(second(tf.tensor([1, 2, 3])))).toEqual([6, 0, 18]);
  });

  test("select: keeps one byte an entry for the gradient", () => {
    const x = tf.zeros([1000]);
    const bytes: number[] = [];
    tf.grad((input) => {
      const before = tf.memory().numBytes;
      const y = tf.tidy(() => selectValue(mask(new Array(1000).fill(1)), input, 0));
      bytes.push(tf.memory().numBytes - before);
      return y;
    })(x);
    // Its result, float32, and the mask.
    expect(bytes).toEqual([4 * 1000 + 1000]);
  });

  test("select: leaves no tensor behind, with a gradient and without", () => {
    const x = tf.zeros([4]);
    const before = tf.memory().numTensors;
    tf.tidy(() => void selectValue(mask([1, 0, 1, 0]), x, 0));
    tf.tidy(() => {
      tf.grad(tf.grad((input) => selectValue(mask([1, 0, 1, 0]), tf.square(input), 0)))(x);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
