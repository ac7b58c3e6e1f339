import {
  alphaDropout,
  type DropoutOptions,
  dropout,
  forward,
  gaussianDropout,
  spatialDropout,
  stochasticDepth,
  type Variant,
} from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import {
  encodeModel,
  inspectDropout,
  maskFeeds,
  type OnnxModel,
  replaceDropout,
  stripDropout,
} from "../../src/index.js";
import { float32, floatsOf, runModel } from "../runtime/runModel.js";
import { hasOracle, oracleModels, TorchOracle } from "../runtime/torchOracle.js";

const dims = [2, 3, 4, 4];
const size = 96;
const values = Float32Array.from({ length: size }, (_, i) => ((7 * i) % 11) - 5.5);
const x = float32(dims, values);
const call = { seed: 9, step: 1 };

interface ModelOptions {
  readonly opset?: number;
  readonly mask?: "float32" | "bool";
  readonly inputs?: readonly ReturnType<typeof makeValueInfo>[];
  readonly irVersion?: bigint;
}

/** `x -> h = neg(x) -> what is built, into d -> y = neg(d)`. */
function model(
  build: (builder: GraphBuilder) => void,
  { opset = 18, mask, inputs = [], irVersion }: ModelOptions = {},
): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Neg", ["x"], { name: "before", outputs: ["h"] });
  build(builder);
  builder.op("Neg", ["d"], { name: "after", outputs: ["y"] });
  const value = { type: "float32", dims } as const;
  const read = mask === undefined ? [] : [makeValueInfo("m", { type: mask, dims })];
  const made = builder.model({
    name: "small",
    inputs: [makeValueInfo("x", value), ...inputs],
    outputs: [makeValueInfo("y", value), ...read],
    opset,
  });
  return Object.assign(made, irVersion === undefined ? {} : { irVersion });
}

const bool = (name: string, value: number) =>
  makeTensor({ name, type: "bool", dims: [], data: Uint8Array.of(value) });

/** A Dropout of h as the opset writes it. */
function dropoutModel({
  opset = 18,
  ...options
}: ModelOptions & { readonly rate?: number } = {}): OnnxModel {
  const { rate = 0.25, mask } = options;
  return model(
    (builder) => {
      const outputs = mask === undefined ? ["d"] : ["d", "m"];
      if (opset < 12) {
        builder.ops("Dropout", ["h"], {
          name: "drop",
          outputs,
          attributes: { ratio: { float: rate } },
        });
      } else {
        const mode = builder.constant(bool("mode", 1));
        builder.ops("Dropout", ["h", builder.scalar("float32", rate), mode], {
          name: "drop",
          outputs,
        });
      }
    },
    { opset, ...options },
  );
}

async function expectNoise(
  noisy: OnnxModel,
  { variant, site = "drop" }: { readonly variant: Variant; readonly site?: string },
): Promise<void> {
  const h = values.map((value) => -value);
  const d = forward(variant, h, { ...call, site, shape: dims, training: true });
  for (const optimization of ["disabled", "all"] as const) {
    const { y } = await runModel(noisy, { x, ...maskFeeds(noisy, call) }, optimization);
    // 0 and -0 are one here: onnxruntime's Where does not keep the sign of a zero.
    expect(floatsOf(y.data).map((value) => value + 0)).toEqual(d.map((value) => 0 - value));
  }
}

describe("replaceDropout of Dropout nodes", () => {
  test.each([
    [9, 3n],
    [9, 4n],
    [10, 5n],
    [11, 6n],
    [12, 7n],
    [13, 7n],
    [15, 8n],
    [18, 8n],
    [20, 9n],
    [22, 10n],
    [23, 11n],
    [24, 11n],
  ])(
    "opset %i, IR version %i: the mask is core's, and read as the opset has it",
    async (opset, irVersion) => {
      const before = dropoutModel({ opset, irVersion, mask: opset < 10 ? "float32" : "bool" });
      const bytes = encodeModel(before);
      const noisy = replaceDropout(before);
      expect(Buffer.compare(encodeModel(before), bytes)).toBe(0);
      expect(noisy.graph.node.map(({ opType }) => opType)).not.toContain("Dropout");
      await expectNoise(noisy, { variant: dropout({ rate: 0.25 }) });
      const masks = maskFeeds(noisy, call);
      const { m } = await runModel(noisy, { x, ...masks });
      expect(Array.from(m.data, Number)).toEqual(Array.from(masks["drop/keep"].data));
      const clean = stripDropout(noisy);
      expect(clean.graph.input.map(({ name }) => name)).toEqual(["x"]);
      const inference = await runModel(clean, { x });
      expect(inference.y.data).toEqual(values);
      expect(Array.from(inference.m.data, Number)).toEqual(new Array(size).fill(1));
    },
  );

  test.each([7, 8])("opset %i is too old, and says so", (opset) => {
    expect(() => replaceDropout(dropoutModel({ opset }))).toThrow(
      `replaceDropout: noise "feeds" must have opset 9 or later, got ${opset}`,
    );
  });

  test("noise in the graph, and no mask that nothing reads", async () => {
    const noisy = replaceDropout(dropoutModel(), { noise: "graph" });
    await expectNoise(noisy, { variant: dropout({ rate: 0.25 }) });
    expect(noisy.graph.initializer.map(({ name }) => name)).not.toContain("mode");
    expect(stripDropout(noisy).graph.initializer).toEqual([]);
  });

  test("again changes nothing", () => {
    const noisy = replaceDropout(dropoutModel());
    expect(encodeModel(replaceDropout(noisy))).toEqual(encodeModel(noisy));
  });

  test("another rate, another variant of each rate, both", async () => {
    const spatial = (options: { readonly rate: number }) =>
      spatialDropout({ ...options, channels: "first" });
    const before = dropoutModel({ mask: "bool" });
    await expectNoise(replaceDropout(before, { rate: 0.5 }), { variant: dropout({ rate: 0.5 }) });
    await expectNoise(replaceDropout(before, { variant: alphaDropout }), {
      variant: alphaDropout({ rate: 0.25 }),
    });
    const both = replaceDropout(before, { variant: spatial, rate: 0.5 });
    await expectNoise(both, { variant: spatial({ rate: 0.5 }) });
    const masks = maskFeeds(both, call);
    const { m } = await runModel(both, { x, ...masks });
    const wide = Array.from(
      { length: size },
      (_, i) => masks["drop/keep"].data[Math.floor(i / 16)],
    );
    expect(m.data).toEqual(Uint8Array.from(wide));
    expect(m.dims).toEqual(dims);
  });

  test("a rate that is fed is an error, unless one is given; so is a training mode no matter", async () => {
    const fed = model(
      (builder) => builder.op("Dropout", ["h", "ratio", "mode"], { name: "drop", outputs: ["d"] }),
      {
        inputs: [
          makeValueInfo("ratio", { type: "float32", dims: [] }),
          makeValueInfo("mode", { type: "bool", dims: [] }),
        ],
      },
    );
    expect(() => replaceDropout(fed)).toThrow(
      "replaceDropout: rate must be given for drop, whose own is not constant, got ratio",
    );
    const noisy = replaceDropout(fed, { rate: 0.5 });
    expect(noisy.graph.input.map(({ name }) => name)).toEqual(["x", "ratio", "mode", "drop/keep"]);
    noisy.graph.input.splice(1, 2);
    await expectNoise(noisy, { variant: dropout({ rate: 0.5 }) });
  });

  test("two nodes of one name are an error, and so is a variant without a mask for its reader", () => {
    const twice = model((builder) => {
      builder.op("Dropout", ["h"], { name: "drop", outputs: ["e"] });
      builder.op("Dropout", ["e"], { name: "drop", outputs: ["d"] });
    });
    expect(() => replaceDropout(twice)).toThrow(
      "replaceDropout: site must have a name of its own, got drop twice",
    );
    const options = { variant: gaussianDropout };
    expect(() => replaceDropout(dropoutModel({ mask: "bool" }), options)).toThrow(
      new TypeError(
        "replaceDropout: variant must draw a mask for the readers of m of drop, got gaussianDropout",
      ),
    );
  });

  test("a tensor of unknown shape is an error", () => {
    const unknown = dropoutModel();
    unknown.graph.node[0].opType = "Unknown";
    expect(() => replaceDropout(unknown)).toThrow(
      "replaceDropout: tensor h of drop must have a known shape, got none",
    );
  });
});

/** The sizes of a mask as PyTorch writes them: of x where it has x's, else 1. */
function maskShape(builder: GraphBuilder, own: readonly boolean[]): string {
  if (own.every(Boolean)) return builder.op("Shape", ["h"], { name: "shape" });
  return builder.ints(dims.map((dim, axis) => (own[axis] ? dim : 1)));
}

const constant = (builder: GraphBuilder, value: number): string => builder.scalar("float32", value);

/** Dropout at rate 0.25 as exporters write it without the operator. */
const spellings: Readonly<Record<string, (builder: GraphBuilder, shape: string) => void>> = {
  "x / keep * floor(keep + uniform)": (builder, shape) => {
    const like = builder.op("ConstantOfShape", [shape]);
    const uniform = builder.op("RandomUniformLike", [like]);
    const bits = builder.op("Floor", [builder.op("Add", [uniform, constant(builder, 0.75)])]);
    const scaled = builder.op("Div", ["h", constant(builder, 0.75)]);
    builder.op("Mul", [scaled, bits], { name: "drop", outputs: ["d"] });
  },
  "x * (uniform < keep) / keep": (builder, shape) => {
    const keep = makeTensor({ name: "", type: "float32", dims: [1], data: Float32Array.of(0.75) });
    const like = builder.op("ConstantOfShape", [shape], { attributes: { value: keep } });
    const less = builder.op("Less", [builder.op("RandomUniformLike", [like]), like]);
    const bits = builder.op("Cast", [less], { attributes: { to: 1 } });
    const kept = builder.op("Mul", ["h", bits], { name: "drop" });
    builder.op("Div", [kept, constant(builder, 0.75)], { outputs: ["d"] });
  },
  "x * (uniform > rate) * gain": (builder, shape) => {
    const uniform = builder.op("RandomUniformLike", [builder.op("ConstantOfShape", [shape])]);
    const more = builder.op("Greater", [uniform, constant(builder, 0.25)]);
    const bits = builder.op("Cast", [more], { attributes: { to: 1 } });
    const kept = builder.op("Mul", [bits, "h"], { name: "drop" });
    builder.op("Mul", [kept, constant(builder, 4 / 3)], { outputs: ["d"] });
  },
  "x * (bernoulli / keep)": (builder, shape) => {
    const keep = builder.op("Expand", [constant(builder, 0.75), shape]);
    const scaled = builder.op("Div", [builder.op("Bernoulli", [keep]), constant(builder, 0.75)]);
    builder.op("Mul", ["h", scaled], { name: "drop", outputs: ["d"] });
  },
  "uniform < rate ? 0 : x / keep": (builder, shape) => {
    const uniform = builder.op("RandomUniformLike", [builder.op("ConstantOfShape", [shape])]);
    const dropped = builder.op("Less", [uniform, constant(builder, 0.25)]);
    const scaled = builder.op("Div", ["h", constant(builder, 0.75)]);
    const zeros = builder.op("ConstantOfShape", [builder.op("Shape", ["h"])]);
    builder.op("Where", [dropped, zeros, scaled], { name: "drop", outputs: ["d"] });
  },
  "!(rate > uniform) ? x * gain : 0": (builder, shape) => {
    const uniform = builder.op("RandomUniformLike", [builder.op("ConstantOfShape", [shape])]);
    const kept = builder.op("Not", [builder.op("Greater", [constant(builder, 0.25), uniform])]);
    const scaled = builder.op("Mul", [constant(builder, 4 / 3), "h"]);
    builder.op("Where", [kept, scaled, constant(builder, 0)], { name: "drop", outputs: ["d"] });
  },
};

describe.each(Object.entries(spellings))("replaceDropout of %s", (_, spell) => {
  test.each<[string, boolean[], (options: DropoutOptions) => Variant]>([
    ["entries: dropout", [true, true, true, true], dropout],
    [
      "maps: spatialDropout",
      [true, true, false, false],
      ({ rate }) => spatialDropout({ rate, channels: "first" }),
    ],
    [
      "positions: spatialDropout, channels last",
      [true, false, false, true],
      ({ rate }) => spatialDropout({ rate, channels: "last" }),
    ],
    ["examples: stochasticDepth", [true, false, false, false], stochasticDepth],
    [
      "rows: dropout with a noise shape",
      [true, true, true, false],
      ({ rate }) => dropout({ rate, noiseShape: [null, null, null, 1] }),
    ],
  ])("of %s", async (name, own, make) => {
    const before = model((builder) => spell(builder, maskShape(builder, own)));
    const [site, ...others] = inspectDropout(before).sites;
    expect(others).toEqual([]);
    expect(site.rate).toBeCloseTo(0.25, 6);
    expect(site).toMatchObject({
      kind: "pattern",
      site: "drop",
      x: "h",
      output: "d",
      training: true,
    });
    const noisy = replaceDropout(before);
    const types = noisy.graph.node.map(({ opType }) => opType);
    expect(types.filter((type) => /Random|Bernoulli/.test(type))).toEqual([]);
    await expectNoise(noisy, { variant: make({ rate: 0.25 }) });
    expect(name).toContain(site.variant);
    for (const clean of [stripDropout(noisy), stripDropout(before)]) {
      expect(clean.graph.node.map(({ opType }) => opType)).toEqual(["Neg", "Neg"]);
      const { y } = await runModel(clean, { x });
      expect(y.data).toEqual(values);
    }
  });
});

describe.skipIf(!hasOracle)(
  "replaceDropout of PyTorch's exports (skipped where DROPOUTKIT_DATA has no torch-oracle)",
  () => {
    test.each(oracleModels)("%s: with PyTorch's masks, PyTorch's logits", async (name, file) => {
      const oracle = new TorchOracle(name, file);
      const noisy = replaceDropout(oracle.model);
      const { sites } = inspectDropout(noisy);
      expect(sites.map(({ site }) => site)).toEqual(oracle.dropoutNodes.map((node) => node.name));
      const masks = sites.map(({ site }, k) => [`${site}/keep`, oracle.mask(k)]);
      const feeds = { ...oracle.input(), ...Object.fromEntries(masks) };
      const expected = oracle.floats("masked/logits_f32");
      // The rate is quantised to steps of 2^-16, so it is off by at most 2^-17, and the scale 1 / (1 - rate)
      // by a relative 2^-17 / (1 - rate): at the rates of these models (0.1 to 0.5, of which 0.25 and 0.5
      // are exact) at most 6.8e-6, at 0.1. Sites add up. The rest is float32 in another order, as the
      // folder's own eval/logits_f32 is off from its float64 by up to 2.5e-6.
      const largest = Math.max(...expected.map(Math.abs));
      const tolerance = (1e-5 + 7e-6 * sites.length) * largest;
      for (const optimization of ["disabled", "all"] as const) {
        const logits = floatsOf((await runModel(noisy, feeds, optimization)).logits.data);
        const errors = expected.map((value, i) => Math.abs(value - logits[i]));
        expect(Math.max(...errors)).toBeLessThanOrEqual(tolerance);
      }
      const { logits } = await runModel(stripDropout(noisy), oracle.input());
      expect(logits.data).toEqual(
        (await runModel(stripDropout(oracle.model), oracle.input())).logits.data,
      );
    });
  },
);
