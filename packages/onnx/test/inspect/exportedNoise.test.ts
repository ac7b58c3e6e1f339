import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeValueInfo } from "../../src/graph.js";
import {
  encodeModel,
  inspectDropout,
  type OnnxModel,
  replaceDropout,
  stripDropout,
} from "../../src/index.js";
import { float32, runModel } from "../runtime/runModel.js";

type Build = (builder: GraphBuilder) => string;

const dims = [2, 3, 8, 8] as const;
const x = float32(
  dims,
  Array.from({ length: 384 }, (_, i) => Math.sin(i)),
);

/** `y = sigmoid(noise(relu(x)))`, the noise built from `h`. */
function exported(noise?: Build, sizes: readonly (number | string)[] = dims): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Relu", ["x"], { name: "relu", outputs: ["h"] });
  builder.op("Sigmoid", [noise?.(builder) ?? "h"], { name: "last", outputs: ["y"] });
  const value = { type: "float32", dims: sizes } as const;
  return builder.model({
    name: "exported",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
}

const float = (builder: GraphBuilder, entry: number): string => builder.scalar("float32", entry);
const toFloat = (builder: GraphBuilder, name: string): string =>
  builder.op("Cast", [name], { attributes: { to: 1 } });
const toBool = (builder: GraphBuilder, name: string): string =>
  builder.op("Cast", [name], { attributes: { to: 9 } });

/** The ways to write bits that are 1 with a probability, over a shape. */
const bernoulli: Readonly<
  Record<string, (builder: GraphBuilder, p: number, shape?: readonly number[]) => string>
> = {
  "uniform < p": (builder, p, shape = dims) => {
    const u = builder.op("RandomUniform", [], { attributes: { shape: [...shape] } });
    return toFloat(builder, builder.op("Less", [u, float(builder, p)]));
  },
  Bernoulli: (builder, p, shape = dims) => {
    const probabilities = builder.op("Expand", [float(builder, p), builder.ints(shape)]);
    return builder.op("Bernoulli", [probabilities]);
  },
};

const SATURATION = 1.7580993408473766;

/** PyTorch's decomposition: `x * noise * a + b`, where `b = (noise - 1) * SATURATION * a + SATURATION * a * p`. */
const alpha =
  (bits: string, shape?: readonly number[], lift = SATURATION): Build =>
  (builder) => {
    const p = 0.25;
    const a = 1 / Math.sqrt((SATURATION ** 2 * p + 1) * (1 - p));
    const noise = bernoulli[bits](builder, 1 - p, shape);
    const below = builder.op("Add", [noise, float(builder, -1)]);
    const scaled = builder.op("Mul", [below, float(builder, lift * a)]);
    const b = builder.op("Add", [scaled, float(builder, lift * a * p)]);
    const kept = builder.op("Mul", ["h", builder.op("Mul", [noise, float(builder, a)])], {
      name: "drop",
    });
    return builder.op("Add", [kept, b]);
  };

const normal = (builder: GraphBuilder, mean = 0): string =>
  builder.op("RandomNormalLike", ["h"], { attributes: { mean: { float: mean } } });

const half = (builder: GraphBuilder, name: string): string =>
  builder.op("Mul", [name, float(builder, 0.5)]);

interface Blocks {
  readonly count?: number;
  readonly epsilon?: number;
}

/** `x * mask * (count / (sum(mask) + epsilon))`, a count of its own where none is given. */
function normalised(
  builder: GraphBuilder,
  mask: string,
  { count, epsilon = 1e-6 }: Blocks = {},
): string {
  const sum = builder.op("ReduceSum", [toFloat(builder, mask)], { attributes: { keepdims: 0 } });
  const total = builder.op("Add", [sum, float(builder, epsilon)]);
  const size = (): string =>
    toFloat(
      builder,
      builder.op("ReduceProd", [builder.op("Shape", [mask])], { attributes: { keepdims: 0 } }),
    );
  const share = builder.op("Div", [count ? float(builder, count) : size(), total]);
  const kept = builder.op("Mul", ["h", mask], { name: "drop" });
  return builder.op("Mul", [kept, share]);
}

const pool = (builder: GraphBuilder, seeds: string, edge: number, strides = 1): string =>
  builder.op("MaxPool", [seeds], {
    attributes: {
      kernel_shape: [edge, edge],
      pads: Array.from({ length: 4 }, () => (edge - 1) / 2),
      strides: [strides, strides],
    },
  });

/** A seed's probability at rate 0.125 and blocks of 3 by 3. */
const seeds = (0.125 * 64) / (9 * 36);

/** torchvision's `drop_block2d`. */
const torchvision =
  (bits: string, options?: Blocks): Build =>
  (builder) => {
    const noise = bernoulli[bits](builder, seeds, [2, 3, 6, 6]);
    const pads = builder.ints([0, 0, 1, 1, 0, 0, 1, 1]);
    const padded = builder.op("Pad", [noise, pads, float(builder, 0)]);
    const mask = builder.op("Sub", [float(builder, 1), pool(builder, padded, 3)]);
    return normalised(builder, mask, options);
  };

/** timm's `drop_block_fast_2d`. */
const timmFast =
  (bits: string): Build =>
  (builder) => {
    const grown = pool(builder, bernoulli[bits](builder, seeds), 3);
    return normalised(builder, builder.op("Sub", [float(builder, 1), grown]));
  };

/** timm's `drop_block_2d`, for the whole batch or not. */
const timm =
  (batch: number, probability = (builder: GraphBuilder): string => float(builder, seeds)): Build =>
  (builder) => {
    const int = (entry: number): string => builder.scalar("int64", entry);
    const steps = builder.op("Range", [int(0), int(8), int(1)]);
    const inside = builder.op("And", [
      builder.op("GreaterOrEqual", [steps, int(1)]),
      builder.op("Less", [steps, int(7)]),
    ]);
    const rows = builder.op("Reshape", [inside, builder.ints([8, 1])]);
    const fits = builder.op("And", [rows, inside]);
    const valid = toFloat(builder, builder.op("Reshape", [fits, builder.ints([1, 1, 8, 8])]));
    const shape = [batch, 3, 8, 8];
    const u = builder.op("RandomUniform", [], { attributes: { shape } });
    const level = builder.op("Sub", [float(builder, 2), probability(builder)]);
    const places = builder.op("Add", [builder.op("Sub", [level, valid]), u]);
    const kept = toFloat(builder, builder.op("GreaterOrEqual", [places, float(builder, 1)]));
    const grown = pool(builder, builder.op("Neg", [kept]), 3);
    return normalised(builder, builder.op("Neg", [grown]));
  };

const generators = (model: OnnxModel): string[] =>
  model.graph.node.flatMap(({ opType }) =>
    opType.startsWith("Random") || opType === "Bernoulli" ? [opType] : [],
  );

const ways = Object.keys(bernoulli);

interface Case {
  readonly name: string;
  readonly build: Build;
  readonly variant: string;
  readonly rate: number;
}

const cases: readonly Case[] = [
  ...ways.flatMap((bits): Case[] => [
    { name: `alpha, ${bits}`, build: alpha(bits), variant: "alphaDropout", rate: 0.25 },
    {
      name: `alpha of maps, ${bits}`,
      build: alpha(bits, [2, 3, 1, 1]),
      variant: "featureAlphaDropout",
      rate: 0.25,
    },
    { name: `torchvision, ${bits}`, build: torchvision(bits), variant: "dropBlock", rate: 0.125 },
    {
      name: `torchvision of known sizes, ${bits}`,
      build: torchvision(bits, { count: 384 }),
      variant: "dropBlock",
      rate: 0.125,
    },
    { name: `timm fast, ${bits}`, build: timmFast(bits), variant: "dropBlock", rate: 0.125 },
  ]),
  { name: "timm", build: timm(2), variant: "dropBlock", rate: 0.125 },
  { name: "timm, one mask a batch", build: timm(1), variant: "dropBlock", rate: 0.125 },
  {
    name: "selected alpha",
    build: (builder) => {
      const a = 1 / Math.sqrt((SATURATION ** 2 * 0.25 + 1) * 0.75);
      const mask = toBool(builder, bernoulli["uniform < p"](builder, 0.75));
      const chosen = builder.op("Where", [mask, "h", float(builder, -SATURATION)]);
      const scaled = builder.op("Mul", [chosen, float(builder, a)]);
      return builder.op("Add", [scaled, float(builder, SATURATION * a * 0.25)]);
    },
    variant: "alphaDropout",
    rate: 0.25,
  },
  {
    name: "x * (1 + n / 2)",
    build: (builder) =>
      builder.op("Mul", [
        "h",
        builder.op("Add", [float(builder, 1), half(builder, normal(builder))]),
      ]),
    variant: "gaussianDropout",
    rate: 0.2,
  },
  {
    name: "x + x * n / 2",
    build: (builder) =>
      builder.op("Add", ["h", half(builder, builder.op("Mul", ["h", normal(builder)]))]),
    variant: "gaussianDropout",
    rate: 0.2,
  },
  {
    name: "x * n of mean 1",
    build: (builder) => builder.op("Mul", [normal(builder, 1), "h"]),
    variant: "gaussianDropout",
    rate: 0.5,
  },
];

describe.each(cases)("dropout as others write it: $name", ({ build, variant, rate }) => {
  const model = exported(build);

  test("inspectDropout finds its variant and rate", () => {
    const { sites, pitfalls } = inspectDropout(model);
    expect(sites).toHaveLength(1);
    expect(sites[0]).toMatchObject({ kind: "pattern", x: "h", variant, training: true });
    expect(sites[0].rate).toBeCloseTo(rate, 6);
    expect(pitfalls.map(({ code }) => code)).not.toContain("unknownNoise");
  });

  test("stripDropout leaves what stands without it", async () => {
    const clean = stripDropout(model);
    expect(generators(clean)).toEqual([]);
    const plain = (await runModel(exported(), { x })).y.data;
    expect((await runModel(clean, { x })).y.data).toEqual(plain);
    // The runtime draws as it likes: of a few masks for a whole batch, one may drop nothing.
    const drops = async (tries: number): Promise<boolean> =>
      tries > 0 &&
      (!isDeepStrictEqual((await runModel(model, { x })).y.data, plain) || drops(tries - 1));
    expect(await drops(100)).toBe(true);
  });

  test("replaceDropout makes a site of it", () => {
    const ours = replaceDropout(model);
    expect(generators(ours)).toEqual([]);
    const { sites } = inspectDropout(ours);
    expect(sites.map(({ kind, variant: name }) => [kind, name])).toEqual([["dropoutkit", variant]]);
    expect(sites[0].rate).toBeCloseTo(rate, 6);
  });
});

test("a seed's probability that sizes decide: blocks whose rate must be given", () => {
  const computed = (builder: GraphBuilder): string => {
    const edge = builder.op("Gather", [builder.op("Shape", ["h"]), builder.scalar("int64", 2)]);
    return builder.op("Div", [float(builder, 0.2), toFloat(builder, edge)]);
  };
  const model = exported(timm(2, computed), ["batch", 3, "height", "width"]);
  expect(inspectDropout(model).sites).toMatchObject([{ variant: "dropBlock", rate: undefined }]);
  expect(generators(stripDropout(model))).toEqual([]);
  expect(() => replaceDropout(model)).toThrow(
    "replaceDropout: rate must be given for drop, whose own is not constant, got none",
  );
  expect(generators(replaceDropout(model, { rate: 0.1 }))).toEqual([]);
});

describe("what only looks like it stays, and is named", () => {
  test.each<[string, Build, string]>([
    ["alpha with another value for what is dropped", alpha("Bernoulli", dims, 1.5), "Bernoulli"],
    ["blocks over another count", torchvision("Bernoulli", { count: 100 }), "Bernoulli"],
    ["blocks with much in the divisor", torchvision("Bernoulli", { epsilon: 5 }), "Bernoulli"],
    [
      "blocks that are not divided",
      (builder) => {
        const grown = pool(builder, bernoulli.Bernoulli(builder, seeds), 3);
        return builder.op("Mul", ["h", builder.op("Sub", [float(builder, 1), grown])]);
      },
      "Bernoulli",
    ],
    [
      "noise that is added",
      (builder) => builder.op("Add", ["h", normal(builder)]),
      "RandomNormalLike",
    ],
    [
      "normals of another mean",
      (builder) => builder.op("Mul", ["h", normal(builder, 0.5)]),
      "RandomNormalLike",
    ],
    [
      "the square of a normal",
      (builder) => {
        const n = normal(builder, 1);
        return builder.op("Mul", ["h", builder.op("Mul", [n, n])]);
      },
      "RandomNormalLike",
    ],
    [
      "bits in some places alone",
      (builder) => {
        const u = builder.op("RandomUniformLike", ["h"]);
        const some = toFloat(builder, builder.op("Greater", ["h", float(builder, 0)]));
        const mask = builder.op("Less", [builder.op("Sub", [u, some]), float(builder, 0.75)]);
        const scaled = builder.op("Div", [toFloat(builder, mask), float(builder, 0.75)]);
        return builder.op("Mul", ["h", scaled]);
      },
      "RandomUniformLike",
    ],
  ])("%s", (_, build, node) => {
    const model = exported(build);
    const { sites, pitfalls } = inspectDropout(model);
    expect(sites).toEqual([]);
    expect(pitfalls).toEqual([
      {
        code: "unknownNoise",
        sites: [],
        nodes: [node],
        message: `random nodes "${node}" are no dropout that is known here, and draw at inference too; stripDropout and replaceDropout leave them`,
      },
    ]);
    expect(encodeModel(stripDropout(model))).toEqual(encodeModel(model));
  });
});
