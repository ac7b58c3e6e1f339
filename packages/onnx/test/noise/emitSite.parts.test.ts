import { concreteDropout, dropConnect, sparseVariationalDropout, zoneout } from "@dropoutkit/core";
import { evaluatePart, type Part, sizeOf, type Tensor } from "@dropoutkit/core/adapter";
import { describe, expect, test } from "vitest";
import { type Dim, GraphBuilder, makeValueInfo, type NoiseSource } from "../../src/graph.js";
import { maskFeeds } from "../../src/index.js";
import { type EmitSiteOptions, emitSite } from "../../src/noise/emitSite.js";
import { recordSite } from "../../src/sites/site.js";
import { float32, runModel } from "../runtime/runModel.js";

interface RunPart {
  readonly part: Part;
  readonly noise: NoiseSource;
  readonly formula?: "train" | "infer";
  /** Values of the leaves; inputs of the model. */
  readonly leaves: Readonly<Record<string, Tensor>>;
  /** The sizes of `x` that the model knows. */
  readonly dims: readonly Dim[];
  readonly named: Readonly<Record<string, number>>;
  readonly options?: (builder: GraphBuilder) => Partial<EmitSiteOptions>;
}

const key = { seed: 4, step: 6 };
const SITE = "layer";

/** Runs a part at the tensor `x` of a model whose inputs are the leaves. */
async function runPart({ part, noise, formula, leaves, dims, named, options }: RunPart) {
  const given = Object.entries(leaves);
  const model = new GraphBuilder().model({
    name: "part",
    inputs: given.map(([name, { shape }]) =>
      makeValueInfo(name, { type: "float32", dims: name === "x" ? dims : shape }),
    ),
    outputs: [makeValueInfo("y", { type: "float32", dims: [] })],
    opset: 18,
  });
  // Its rank is the part's affair.
  model.graph.output[0].type = undefined;
  const builder = new GraphBuilder(SITE, model.graph);
  const names = Object.fromEntries(given.flatMap(([name]) => (name === "x" ? [] : [[name, name]])));
  const place = { part, site: SITE, noise, x: "x", info: { dataType: 1, dims } };
  const { value, ...drawn } = emitSite(model, builder, {
    ...place,
    leaves: names,
    ...(formula && { formula }),
    ...options?.(builder),
  });
  builder.op("Identity", [value], { outputs: ["y"] });
  builder.addTo(model, { at: 0 });
  recordSite(model, { site: SITE, variant: "v", part, noise, x: "x", output: value, ...drawn });
  const inputs = given.map(([name, { shape, data }]) => [name, float32(shape, data)]);
  const feeds = maskFeeds(model, { ...key, dims: named });
  return (await runModel(model, { ...Object.fromEntries(inputs), ...feeds })).y;
}

const tensor = (shape: readonly number[], salt: number): Tensor => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(salt + 1.7 * i)),
});

/**
 * Normals of the graph are within 2^-18 max(1, |z|) of core's, so within 5.77 * 2^-18, and are multiplied by at most
 * sqrt(e * 3) = 2.9 here: 2^-13.9. Sums of three products and the runtime's functions have some ulps more, 2^-20,
 * times 10 where a temperature divides.
 */
const TOLERANCE = 2 ** -13;

function expectNear(actual: { dims: readonly number[]; data: unknown }, expected: Tensor): void {
  const { data } = actual;
  if (!(data instanceof Float32Array)) throw new TypeError("y must be float32");
  expect(actual.dims).toEqual(expected.shape);
  data.forEach((value, i) => {
    expect(Math.abs(value - expected.data[i])).toBeLessThanOrEqual(TOLERANCE);
  });
}

describe.each(["feeds", "graph"] as const)(
  "emitSite with noise from %s: what core computes",
  (noise) => {
    const x = tensor([5, 3], 1);
    const w = tensor([3, 4], 2);
    const linear = (builder: GraphBuilder) => (a: string, b: string) =>
      builder.op("MatMul", [a, b]);
    /** The shape of `linear(x, w)`. */
    const product = (builder: GraphBuilder): Partial<EmitSiteOptions> => ({
      linear: linear(builder),
      target: { dims: ["batch", 4] },
      targetShape: builder.op(
        "Concat",
        [builder.op("Shape", ["x"], { attributes: { end: 1 } }), builder.ints([4])],
        { attributes: { axis: 0 } },
      ),
    });

    test("a field per example of a weight", async () => {
      const [part] = dropConnect({ rate: 0.4, per: "example" }).parts;
      const rows = tensor([5, 2], 3);
      const y = await runPart({
        part,
        noise,
        leaves: { x: w, previous: rows },
        dims: [3, 4],
        named: { batch: 5 },
        options: (builder) => ({
          batch: {
            dim: "batch",
            size: builder.op("Shape", ["previous"], { attributes: { end: 1 } }),
          },
        }),
      });
      const options = { ...key, site: SITE, leaves: { x: w }, training: true, batch: 5 };
      expectNear(y, evaluatePart(part, options).value);
    });

    test("learned noise on a product, and a leaf that is learned", async () => {
      const [part] = sparseVariationalDropout().parts;
      const leaves = { x, w, b: tensor([4], 5), "learned:logAlpha": tensor([3, 4], 6) };
      const y = await runPart({
        part,
        noise,
        leaves,
        dims: ["batch", 3],
        named: { batch: 5 },
        options: product,
      });
      const options = { ...key, site: SITE, leaves, training: true };
      expectNear(y, evaluatePart(part, options).value);
    });

    test("samples of an inference", async () => {
      const part = dropConnect({ rate: 0.4, samples: 6 }).parts.find(({ at }) => at === "linear");
      if (part === undefined) throw new Error("part missing");
      const leaves = { x, w, b: tensor([4], 5) };
      const run = { part, noise, leaves, dims: ["batch", 3], named: { batch: 5 } };
      const y = await runPart({ ...run, formula: "infer", options: product });
      expectNear(y, evaluatePart(part, { ...key, site: SITE, leaves, training: false }).value);
      const trained = await runPart({ ...run, formula: "train", options: product });
      expectNear(trained, evaluatePart(part, { ...key, site: SITE, leaves, training: true }).value);
    });

    test("uniform noise with a learned rate", async () => {
      const [part] = concreteDropout().parts;
      const leaves = { x, "learned:logit": tensor([], 7) };
      const y = await runPart({ part, noise, leaves, dims: ["batch", 3], named: { batch: 5 } });
      expectNear(y, evaluatePart(part, { ...key, site: SITE, leaves, training: true }).value);
    });

    test.each([0, 1, 4])("iteration %d of a loop, and the state before it", async (timestep) => {
      const [part] = zoneout({ stateRate: 0.4, cellRate: 0.1 }).parts;
      const wide = tensor([5, 100], 8);
      const leaves = { x: wide, previous: tensor([5, 100], 9) };
      const y = await runPart({
        part,
        noise,
        leaves,
        dims: ["batch", 100],
        named: { batch: 5, time: 5 },
        options: (builder) => ({
          iteration: { index: builder.scalar("int64", timestep), count: "time" },
        }),
      });
      const options = { ...key, site: SITE, leaves, training: true, timestep };
      expectNear(y, evaluatePart(part, options).value);
    });

    test("a formula that draws nothing adds no input, and x is itself", async () => {
      const [part] = zoneout({ stateRate: 0.4, cellRate: 0.1 }).parts;
      const leaves = { x, previous: tensor([5, 3], 9) };
      const run = { part, noise, leaves, dims: ["batch", 3], named: {} };
      const y = await runPart({ ...run, formula: "infer" });
      expectNear(y, evaluatePart(part, { ...key, site: SITE, leaves, training: false }).value);
      const plain = await runPart({ ...run, part: { ...part, infer: "x" }, formula: "infer" });
      expectNear(plain, x);
    });
  },
);

describe("emitSite: errors", () => {
  const run = { leaves: { x: tensor([2, 5, 5, 3], 1) }, dims: ["batch", "h", 5, 3], named: {} };
  const [part] = dropConnect({ rate: 0.5, per: "example" }).parts;

  test("a field per example without a batch", async () => {
    await expect(runPart({ ...run, part, noise: "feeds" })).rejects.toThrow(
      new TypeError("insertDropout: tensor x must have a batch for a field per example, got none"),
    );
  });

  test("blocks in the graph along sizes that are only named", async () => {
    const blocks: Part = {
      ...part,
      field: { draw: "bernoulli", rate: 0.1, grow: { size: 3, axes: [1, 2] } },
    };
    await expect(runPart({ ...run, part: blocks, noise: "graph" })).rejects.toThrow(
      "insertDropout: tensor x must have known sizes along blocks and behind, or fed noise, got [batch, h, 5, 3]",
    );
  });

  test("blocks that do not fit", async () => {
    const blocks: Part = {
      ...part,
      field: { draw: "bernoulli", rate: 0.1, grow: { size: 6, axes: [2, 2] } },
    };
    await expect(runPart({ ...run, part: blocks, noise: "feeds" })).rejects.toThrow(
      "planField: block size must be an integer in [1, 5], got 6",
    );
  });

  test("a rate, or a leaf, that is not there", async () => {
    const noRate: Part = { ...part, field: { draw: "bernoulli" } };
    await expect(runPart({ ...run, part: noRate, noise: "feeds" })).rejects.toThrow(
      "insertDropout: rate must be a number in [0, 1], got undefined",
    );
    const [zone] = zoneout({ stateRate: 0.1, cellRate: 0.1 }).parts;
    await expect(runPart({ ...run, part: zone, noise: "feeds" })).rejects.toThrow(
      new TypeError("emitExpr: expression must read what its place has, got previous"),
    );
  });
});
