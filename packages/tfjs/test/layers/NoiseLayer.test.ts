import { drawMask, type Variant } from "@dropoutkit/core";
import { drawUniform, type Expr, keepScaled, mul, type Part } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { NoiseLayer, type NoiseLayerArgs } from "../../src/layers/NoiseLayer.js";
import { backends } from "../backends/backends.js";

interface ProbeArgs extends NoiseLayerArgs {
  readonly variant?: Variant;
}

const half: Part = {
  at: "activation",
  field: { draw: "bernoulli", rate: 0.5 },
  train: keepScaled,
  infer: "x",
};

/** A layer of the kind that later variants are. */
class Probe extends NoiseLayer {
  static readonly className = "Probe";
  constructor({ variant = { name: "probe", parts: [half] }, ...args }: ProbeArgs) {
    super({ rates: {}, variantOf: () => variant }, args);
  }
}

tf.serialization.registerClass(Probe);

const part = (train: Expr, infer: Expr = "x"): Part => ({
  at: "activation",
  field: { draw: "uniform" },
  train,
  infer,
});
const list = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const train = (layer: NoiseLayer, x: tf.Tensor, step?: number): number[] =>
  list(layer.call(x, { training: true, step }));

describe.each(backends)("%s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test("layer: draws at its seed, its site and the part's place, a step later at each call", () => {
    const layer = new Probe({ seed: 7, site: "hidden", step: 40 });
    const expected = (step: number): number[] =>
      [...drawMask({ shape: [3, 90], rate: 0.5, seed: 7, site: "hidden/activation", step })].map(
        (kept) => 2 * kept,
      );
    expect(train(layer, tf.ones([3, 90]))).toEqual(expected(40));
    expect(train(layer, tf.ones([3, 90]))).toEqual(expected(41));
    expect(layer.step).toBe(42);
  });

  test("layer: executes an expression over a continuous field", () => {
    const variant = { name: "uniform", parts: [part(mul("x", "field"))] };
    const layer = new Probe({ site: "a", variant });
    const field = drawUniform({ shape: [200], seed: 0, site: "a/activation", step: 0 });
    expect(train(layer, tf.ones([200]))).toEqual([...field]);
  });

  test("layer: a constant expression fills the input's shape", () => {
    const layer = new Probe({ variant: { name: "constant", parts: [part(1, 0.5)] } });
    expect(list(layer.call(tf.zeros([2]), {}))).toEqual([0.5, 0.5]);
  });

  test("layer: an input in a list of one is that input", () => {
    expect(list(new Probe({}).call([tf.tensor([1, 2])], {}))).toEqual([1, 2]);
  });
});

test("layer: is the variant's inference unless training is true, and does not count then", () => {
  const layer = new Probe({ variant: { name: "probe", parts: [part("x", mul("x", 3))] } });
  expect(list(layer.call(tf.ones([1])))).toEqual([3]);
  expect(list(layer.call(tf.ones([1]), { training: false }))).toEqual([3]);
  expect(layer.step).toBe(0);
});

test("layer: the call argument step draws at that step and leaves the count", () => {
  const layer = new Probe({ step: 5 });
  const x = tf.ones([64]);
  const atFive = train(layer, x);
  expect(train(layer, x)).not.toEqual(atFive);
  expect(train(layer, x, 5)).toEqual(atFive);
  expect(layer.step).toBe(7);
});

test("layer: a call that throws does not count", () => {
  const shared: Part = { ...half, field: { ...half.field, noiseShape: [3, 1] } };
  const layer = new Probe({ variant: { name: "shared", parts: [shared] } });
  expect(() => train(layer, tf.ones([2, 2]))).toThrow(RangeError);
  expect(layer.step).toBe(0);
});

test("layer: two layers of one seed draw differently, two of one site equally", () => {
  const x = tf.ones([64]);
  const first = train(new Probe({ name: "first", seed: 3 }), x);
  expect(train(new Probe({ name: "second", seed: 3 }), x)).not.toEqual(first);
  expect(train(new Probe({ name: "second", seed: 3, site: "first" }), x)).toEqual(first);
  expect(train(new Probe({ name: "first", seed: 4 }), x)).not.toEqual(first);
});

test("layer: its config makes an equal layer, and knows what tfjs's own layers keep", () => {
  const layer = new Probe({ name: "p", trainable: false, seed: 9, site: "Site_a B", step: 2 });
  const copy = Probe.fromConfig<Probe>(Probe, layer.getConfig());
  expect(copy.getConfig()).toEqual(layer.getConfig());
  expect([copy.name, copy.trainable, copy.seed, copy.site, copy.step]).toEqual([
    "p",
    false,
    9,
    "Site_a B",
    2,
  ]);
  const defaults = new Probe({ name: "q" });
  expect(Probe.fromConfig<Probe>(Probe, defaults.getConfig()).site).toBe("q");
});

test("layer: has no weights, passes sequence masks on and calls the hook", () => {
  const layer = new Probe({});
  const x = tf.ones([2, 3]);
  const calls: unknown[] = [];
  layer.setCallHook((_, kwargs) => calls.push(kwargs));
  layer.apply(x, { training: true });
  expect(layer.countParams()).toBe(0);
  expect(layer.getWeights()).toEqual([]);
  expect(layer.computeMask(x, x)).toBe(x);
  expect(calls).toEqual([{ training: true }]);
});

test("layer: frees everything but its output", () => {
  const layer = new Probe({});
  const x = tf.ones([16]);
  const before = tf.memory().numTensors;
  layer.apply(x, { training: true });
  expect(tf.memory().numTensors).toBe(before + 1);
});

test.each([-1, 2 ** 32, 0.5, Number.NaN])("layer: refuses the seed %s", (seed) => {
  expect(() => new Probe({ name: "p", seed })).toThrow(
    new RangeError(`probe "p": seed must be an integer in [0, 2^32), got ${seed}`),
  );
});

test.each([-1, 2 ** 32, 0.5, Number.NaN])("layer: refuses the step %s", (step) => {
  const message = `probe "p": step must be an integer in [0, 2^32), got ${step}`;
  expect(() => new Probe({ name: "p", step })).toThrow(new RangeError(message));
  const layer = new Probe({ name: "p" });
  expect(() => layer.call(tf.ones([1]), { training: true, step })).toThrow(new RangeError(message));
});

test("layer: refuses a site that is no string", () => {
  const config = { name: "p", site: 3 };
  expect(() => Probe.fromConfig<Probe>(Probe, config)).toThrow(
    new TypeError('probe "p": site must be a string, got 3'),
  );
});

test("layer: refuses a variant that acts elsewhere", () => {
  const variant: Variant = { name: "weights", parts: [{ ...half, at: "kernel" }] };
  expect(() => new Probe({ name: "p", variant })).toThrow(
    new TypeError('probe "p": variant must act on activations alone, got weights'),
  );
});

test("layer: refuses inputs that are not float32", () => {
  const layer = new Probe({ name: "p" });
  expect(() => layer.apply(tf.tensor([1], [1], "int32"))).toThrow(
    new TypeError('probe "p": input must be float32, got int32'),
  );
});

test("layer: refuses several inputs, and none", () => {
  const layer = new Probe({ name: "p" });
  expect(() => layer.call([tf.ones([1]), tf.ones([1])], {})).toThrow(
    new TypeError('probe "p": input must be one tensor, got 2'),
  );
  expect(() => layer.call([], {})).toThrow(
    new TypeError('probe "p": input must be one tensor, got 0'),
  );
});
