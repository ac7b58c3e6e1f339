import { dropout, forward, type Variant } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import {
  type After,
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  type TensorType,
} from "../../src/graph.js";
import {
  encodeModel,
  type InsertDropoutOptions,
  insertDropout,
  inspectDropout,
  maskFeeds,
  type OnnxModel,
  stripDropout,
} from "../../src/index.js";
import { bitsOf, float32, floatsOf, runModel } from "../runtime/runModel.js";

/** `x -> fc (Gemm) -> h -> act (Relu) -> r -> Neg -> y`, and `r -> Abs -> z`; the last two have no names. */
function model({ opset = 18, type = "float32" as TensorType } = {}): OnnxModel {
  const builder = new GraphBuilder();
  const w = { name: "w", dims: [3, 4] };
  builder.constant(
    type === "float64"
      ? makeTensor({ ...w, type, data: Float64Array.from({ length: 12 }, (_, i) => i - 5) })
      : makeTensor({
          ...w,
          type: "float32",
          data: Float32Array.from({ length: 12 }, (_, i) => i - 5),
        }),
  );
  builder.op("Gemm", ["x", "w"], { name: "fc", outputs: ["h"] });
  builder.op("Relu", ["h"], { name: "act", outputs: ["r"] });
  builder.op("Neg", ["r"], { outputs: ["y"] });
  builder.op("Abs", ["r"], { outputs: ["z"] });
  for (const node of builder.nodes.slice(2)) node.name = "";
  const value = { type, dims: ["batch", 4] };
  return builder.model({
    name: "small",
    inputs: [makeValueInfo("x", { type, dims: ["batch", 3] })],
    outputs: [makeValueInfo("y", value), makeValueInfo("z", value)],
    opset,
  });
}

const variant = dropout({ rate: 0.5 });
const x = float32([2, 3], [1, -2, 3, 0.5, 0.25, -1]);
const noise = { seed: 11, step: 3, dims: { batch: 2 } };

async function run(noisy: OnnxModel): Promise<{ y: Float32Array; z: Float32Array }> {
  const { y, z } = await runModel(noisy, { x, ...maskFeeds(noisy, noise) });
  if (!(y.data instanceof Float32Array && z.data instanceof Float32Array)) throw new TypeError();
  return { y: y.data, z: z.data };
}

/** Core's noise over values `[2, size]`. */
const noisyAt = (site: string, values: Float32Array): Float32Array =>
  forward(variant, values, { ...noise, site, shape: [2, values.length / 2], training: true });

const relu = (values: Float32Array): Float32Array => values.map((value) => Math.max(value, 0));
const abs = (values: Float32Array): Float32Array => values.map(Math.abs);
const negated = (values: Float32Array): Float32Array => values.map((value) => -value);
/** 0 and -0 are one here: onnxruntime's Where does not keep the sign of a zero. */
const plain = (values: Float32Array): number[] => Array.from(values, (value) => value + 0);

/** `x · w` in float32; these sums of small integers and quarters are exact. */
const product = (values: ArrayLike<number>): Float32Array =>
  Float32Array.from({ length: 8 }, (_, i) =>
    [0, 1, 2].reduce(
      (sum, k) => sum + values[3 * Math.floor(i / 4) + k] * (4 * k + (i % 4) - 5),
      0,
    ),
  );
const h = product(Float32Array.from([1, -2, 3, 0.5, 0.25, -1]));

describe.each(["feeds", "graph"] as const)("insertDropout with noise from %s", (source) => {
  const insert = (options: Omit<InsertDropoutOptions, "variant" | "noise">): OnnxModel =>
    insertDropout(model(), { variant, noise: source, ...options });

  test.each<[string, After]>([
    ["a tensor", { tensor: "r" }],
    ["tensors", { tensor: ["r"] }],
    ["an operator", { opType: "Relu" }],
    ["operators", { opType: ["Relu", "Tanh"] }],
    ["a predicate", (node) => node.name === "act"],
  ])("after %s: all readers read the noisy tensor", async (_, after) => {
    const { y, z } = await run(insert({ after }));
    const r = noisyAt("act", relu(h));
    expect(plain(y)).toEqual(plain(negated(r)));
    expect(plain(z)).toEqual(plain(abs(r)));
  });

  test("after an input of the graph, whose name is the site's", async () => {
    const noisy = insert({ after: { tensor: "x" } });
    expect(inspectDropout(noisy).sites.map(({ site }) => site)).toEqual(["x"]);
    const { z } = await run(noisy);
    expect(plain(z)).toEqual(plain(relu(product(noisyAt("x", Float32Array.from(x.data, Number))))));
  });

  test("after an output of the graph, which keeps its name; a node without a name gives its tensor's", async () => {
    const noisy = insert({ after: { tensor: "y" } });
    expect(noisy.graph.output.map(({ name }) => name)).toEqual(["y", "z"]);
    expect(inspectDropout(noisy).sites.map(({ site }) => site)).toEqual(["y"]);
    const { y, z } = await run(noisy);
    expect(plain(y)).toEqual(plain(noisyAt("y", negated(relu(h)))));
    expect(plain(z)).toEqual(plain(relu(h)));
  });

  test("several sites, each with noise of its own", async () => {
    const noisy = insert({ after: { tensor: ["x", "h", "y", "z"] } });
    expect(inspectDropout(noisy).sites.map(({ site }) => site)).toEqual(["x", "fc", "y", "z"]);
    const { y, z } = await run(noisy);
    const r = relu(noisyAt("fc", product(noisyAt("x", Float32Array.from(x.data, Number)))));
    expect(plain(y)).toEqual(plain(noisyAt("y", negated(r))));
    expect(plain(z)).toEqual(plain(noisyAt("z", abs(r))));
  });

  test("a second call adds sites to those of the first, on one tensor too", async () => {
    const first = insert({ after: { opType: "Relu" } });
    const second = insertDropout(first, {
      variant,
      noise: source,
      after: { tensor: "r" },
      site: () => "before",
    });
    const { y } = await run(second);
    expect(plain(y)).toEqual(plain(negated(noisyAt("act", noisyAt("before", relu(h))))));
  });

  test("site: a function of the place names the site", async () => {
    const site: InsertDropoutOptions["site"] = ({ tensor, node }) => `${node?.opType}:${tensor}`;
    const noisy = insert({ after: { tensor: "r" }, site });
    const { y } = await run(noisy);
    expect(plain(y)).toEqual(plain(negated(noisyAt("Relu:r", relu(h)))));
  });

  test("names that are taken in the model are left alone", async () => {
    const taken = model();
    for (const [node, name] of [
      [taken.graph.node[2], "act/out"],
      [taken.graph.node[3], "act/keep"],
    ] as const) {
      taken.graph.output.forEach((output) => {
        if (output.name === node.output[0]) output.name = name;
      });
      node.output[0] = name;
    }
    const noisy = insertDropout(taken, { variant, noise: source, after: { tensor: "r" } });
    const results = await runModel(noisy, { x, ...maskFeeds(noisy, noise) });
    expect(bitsOf(results["act/keep"].data)).toEqual(bitsOf(abs(noisyAt("act", relu(h)))));
  });

  test("the model is not changed, its weights are shared, no Dropout is emitted", () => {
    const before = model();
    const bytes = encodeModel(before);
    const noisy = insertDropout(before, {
      variant,
      noise: source,
      after: { opType: ["Gemm", "Relu"] },
    });
    expect(encodeModel(before)).toEqual(bytes);
    expect(noisy.graph.initializer[0].rawData).toBe(before.graph.initializer[0].rawData);
    expect(noisy.graph.node.map(({ opType }) => opType)).not.toContain("Dropout");
  });

  test("bytes are taken in place of a model", () => {
    const options = { variant, noise: source, after: { tensor: "r" } };
    const noisy = insertDropout(encodeModel(model()), options);
    expect(encodeModel(noisy)).toEqual(encodeModel(insertDropout(model(), options)));
  });

  test("the oldest opset: 9 for feeds, 18 for the graph", async () => {
    const oldest = source === "feeds" ? 9 : 18;
    const options = { variant, noise: source, after: { tensor: "r" } };
    const noisy = insertDropout(model({ opset: oldest }), options);
    // Gemm's C is optional since opset 11; with a bias of 0 the model is one of opset 9.
    noisy.graph.node[0].input.push("zero");
    noisy.graph.initializer.push(
      makeTensor({ name: "zero", type: "float32", dims: [], data: Float32Array.of(0) }),
    );
    const { y } = await run(noisy);
    expect(plain(y)).toEqual(plain(negated(noisyAt("act", relu(h)))));
    expect(() => insertDropout(model({ opset: oldest - 1 }), options)).toThrow(
      `insertDropout: noise "${source}" must have opset ${oldest} or later, got ${oldest - 1}`,
    );
  });
});

test.each([3n, 4n, 7n, 8n, 9n, 10n, 11n])(
  "insertDropout: IR version %i, constants as it wants them",
  async (irVersion) => {
    const before = Object.assign(model(), { irVersion });
    if (irVersion < 4n)
      before.graph.input.push(makeValueInfo("w", { type: "float32", dims: [3, 4] }));
    for (const noise of ["feeds", "graph"] as const) {
      const noisy = insertDropout(before, { variant, noise, after: { tensor: ["r", "y"] } });
      const { y } = await run(noisy);
      const r = noisyAt("act", relu(h));
      expect(plain(y)).toEqual(plain(noisyAt("y", negated(r))));
      const inputs = new Set(noisy.graph.input.map(({ name }) => name));
      const isFree = ({ name }: { readonly name: string }): boolean => !inputs.has(name);
      expect(noisy.graph.initializer.some(isFree)).toBe(irVersion >= 4n);
      expect(encodeModel(stripDropout(noisy))).toEqual(encodeModel(before));
    }
  },
);

test("insertDropout: half floats are computed in float32, and keep their type", async () => {
  const builder = new GraphBuilder();
  builder.op("Cast", ["x"], { name: "half", outputs: ["h"], attributes: { to: 10 } });
  builder.op("Relu", ["h"], { name: "act", outputs: ["r"] });
  builder.op("Cast", ["r"], { name: "single", outputs: ["y"], attributes: { to: 1 } });
  const value = { type: "float32", dims: [2, 3] } as const;
  const [inputs, outputs] = [[makeValueInfo("x", value)], [makeValueInfo("y", value)]];
  const halves = builder.model({ name: "half", inputs, outputs, opset: 18 });
  const noisy = insertDropout(halves, { variant, after: { tensor: "r" } });
  const { y } = await runModel(noisy, { x, ...maskFeeds(noisy, noise) });
  // Small multiples of a quarter are half floats.
  const values = relu(Float32Array.from(x.data, Number));
  expect(plain(floatsOf(y.data))).toEqual(plain(noisyAt("act", values)));
});

describe("insertDropout: errors", () => {
  const insert =
    (after: After, options: Partial<InsertDropoutOptions> = {}) =>
    () =>
      insertDropout(model(), { variant, after, ...options });

  test("a tensor that does not exist, with those of like names", () => {
    expect(insert({ tensor: "hh" })).toThrow(
      "insertDropout: tensor must be in the model, got hh; did you mean h, x, r?",
    );
    expect(insert({ tensor: ["r", "embedding"] })).toThrow(
      /^insertDropout: tensor must be in the model, got embedding$/,
    );
  });

  test("an operator that the model does not have", () => {
    expect(insert({ opType: ["Conv", "Tanh"] })).toThrow(
      "insertDropout: after must choose a node, got none of type Conv, Tanh that makes floats which are read (the model has Gemm, Relu, Neg, Abs)",
    );
  });

  test("a predicate that chooses nothing", () => {
    expect(insert(() => false)).toThrow(
      "insertDropout: after must choose a node, got a predicate that is true for none",
    );
  });

  test("a site twice, unless it is the same part at the same tensor", () => {
    const twice = "insertDropout: site must have a name of its own, got act twice";
    expect(insert({ tensor: ["h", "r"] }, { site: () => "act" })).toThrow(twice);
    const noisy = insertDropout(model(), { variant, after: { tensor: "r" } });
    const again = (options: Partial<InsertDropoutOptions>) => () =>
      insertDropout(noisy, { variant, after: { opType: "Relu" }, ...options });
    expect(again({ variant: dropout({ rate: 0.25 }) })).toThrow(twice);
    expect(again({ noise: "graph" })).toThrow(twice);
    expect(encodeModel(again({})())).toEqual(encodeModel(noisy));
  });

  test("two sites whose names have one hash, and so one noise", () => {
    // FNV-1a of both is 5e4daa9d, and so it stays equal whatever follows them.
    const names: Record<string, string> = { h: "costarring", r: "liquid" };
    expect(insert({ tensor: ["h", "r"] }, { site: ({ tensor }) => names[tensor] })).toThrow(
      "insertDropout: site must have a name of its own, got liquid, which has the hash of costarring",
    );
  });

  test("a tensor without a known shape", () => {
    const unknown = model();
    unknown.graph.node[1].opType = "Unknown";
    expect(() => insertDropout(unknown, { variant, after: { tensor: "r" } })).toThrow(
      "insertDropout: tensor r must have a known shape, got none",
    );
  });

  test("a tensor that holds no floats", () => {
    const builder = new GraphBuilder();
    builder.op("Identity", ["tokens"], { outputs: ["y"] });
    const tokens = builder.model({
      name: "tokens",
      inputs: [makeValueInfo("tokens", { type: "int64", dims: [3] })],
      outputs: [],
      opset: 18,
    });
    expect(() => insertDropout(tokens, { variant, after: { tensor: "tokens" } })).toThrow(
      new TypeError(
        "insertDropout: tensor tokens must hold float16, bfloat16, float32 or float64, got int64",
      ),
    );
  });

  test("an input that is an output too", () => {
    const passing = model();
    passing.graph.output.push(makeValueInfo("x", { type: "float32", dims: ["batch", 3] }));
    expect(() => insertDropout(passing, { variant, after: { tensor: "x" } })).toThrow(
      "insertDropout: tensor must be made by a node, got x, which passes through",
    );
  });

  test("a noise shape that does not broadcast, behind a named batch too", () => {
    const wide = dropout({ rate: 0.5, noiseShape: [null, 7] });
    expect(insert({ tensor: "r" }, { variant: wide })).toThrow(
      /^insertDropout: noiseShape must broadcast to the target \[.*4\], got \[null, 7\]$/,
    );
  });

  test("a variant that acts elsewhere, or draws other noise", () => {
    const [part] = variant.parts;
    const kernel: Variant = { name: "dropConnect", parts: [{ ...part, at: "kernel" }] };
    expect(insert({ tensor: "r" }, { variant: kernel })).toThrow(
      new TypeError("insertDropout: variant must act on activations alone, got dropConnect"),
    );
    for (const field of [
      { draw: "bernoulli", rate: 0.1, perExample: true },
      { draw: "bernoulli", rate: 0.1, perTimestep: true },
      { draw: "bernoulli", rate: 0.1, samples: 2 },
    ] as const) {
      const other: Variant = { name: "other", parts: [{ ...part, field }] };
      expect(insert({ tensor: "r" }, { variant: other })).toThrow(
        new TypeError("insertDropout: variant must draw one field over its values, got other"),
      );
    }
  });

  test("what is no model", () => {
    expect(() => insertDropout(new Uint8Array(), { variant, after: { tensor: "r" } })).toThrow(
      "insertDropout: model must be an ONNX model with a graph, got none",
    );
  });
});
