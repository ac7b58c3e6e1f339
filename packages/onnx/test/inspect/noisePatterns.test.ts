import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import { inspectDropout, type OnnxModel, replaceDropout } from "../../src/index.js";

const value = { type: "float32", dims: [2, 4] } as const;

/** What is built from x into y. */
function model(build: (builder: GraphBuilder) => void): OnnxModel {
  const builder = new GraphBuilder();
  build(builder);
  return builder.model({
    name: "noise",
    inputs: [makeValueInfo("x", value), makeValueInfo("p", { type: "float32", dims: [] })],
    outputs: [makeValueInfo("y", value)],
    opset: 15,
  });
}

const number = (builder: GraphBuilder, entry: number): string => builder.scalar("float32", entry);
const uniform = (builder: GraphBuilder, range: { low?: number; high?: number } = {}): string =>
  builder.op("RandomUniformLike", ["x"], {
    attributes: Object.fromEntries(Object.entries(range).map(([name, float]) => [name, { float }])),
  });
/** A mask of 0 and 1 that is 1 with a probability of 0.75, of a uniform in [2, 6). */
const mask = (builder: GraphBuilder): string =>
  builder.op(
    "Cast",
    [builder.op("Less", [uniform(builder, { low: 2, high: 6 }), number(builder, 5)])],
    {
      attributes: { to: 1 },
    },
  );
const scaledMask = (builder: GraphBuilder): string =>
  builder.op("Mul", [number(builder, 4 / 3), mask(builder)]);

const rates = (build: (builder: GraphBuilder) => void): (number | undefined)[] =>
  inspectDropout(model(build)).sites.map(({ rate }) => rate);

describe("inspectDropout: a pattern is dropout where it keeps the mean", () => {
  test.each<[string, (builder: GraphBuilder) => string]>([
    ["a mask over a uniform of any range", scaledMask],
    [
      "1 - mask, which is 0 where the mask is 1",
      (builder) => {
        const dropped = builder.op("Less", [uniform(builder), number(builder, 0.25)]);
        const bits = builder.op("Cast", [dropped], { attributes: { to: 1 } });
        return builder.op("Div", [
          builder.op("Sub", [number(builder, 1), bits]),
          number(builder, 0.75),
        ]);
      },
    ],
    [
      "a constant that is computed",
      (builder) => {
        const keep = builder.op("Sub", [number(builder, 1), number(builder, 0.25)]);
        return builder.op("Div", [mask(builder), keep]);
      },
    ],
    [
      "a mask whose axes are made and taken",
      (builder) => {
        const flat = builder.op("Reshape", [scaledMask(builder), builder.ints([8])]);
        return builder.op("Reshape", [flat, builder.ints([2, 4])]);
      },
    ],
  ])("%s", (_, build) => {
    expect(
      rates((builder) => builder.op("Mul", ["x", build(builder)], { outputs: ["y"] })),
    ).toEqual([expect.closeTo(0.25, 6)]);
  });

  test.each<[string, (builder: GraphBuilder) => void]>([
    [
      "a mask without a scale",
      (builder) => builder.op("Mul", ["x", mask(builder)], { outputs: ["y"] }),
    ],
    [
      "a mask with another scale",
      (builder) =>
        builder.op("Mul", ["x", builder.op("Div", [mask(builder), number(builder, 0.5)])], {
          outputs: ["y"],
        }),
    ],
    ["uniform noise", (builder) => builder.op("Mul", ["x", uniform(builder)], { outputs: ["y"] })],
    [
      "noise that is added",
      (builder) => builder.op("Add", ["x", scaledMask(builder)], { outputs: ["y"] }),
    ],
    [
      "a mask of two numbers that are not 0",
      (builder) => {
        const two = builder.op("Add", [mask(builder), number(builder, 0.25)]);
        builder.op("Mul", ["x", two], { outputs: ["y"] });
      },
    ],
    [
      "a floor of more than two integers",
      (builder) => {
        const floor = builder.op("Floor", [uniform(builder, { high: 3 })]);
        builder.op("Mul", ["x", floor], { outputs: ["y"] });
      },
    ],
    [
      "a floor of a mask",
      (builder) =>
        builder.op("Mul", ["x", builder.op("Floor", [mask(builder)])], { outputs: ["y"] }),
    ],
    [
      "a rate that is fed",
      (builder) => {
        const bits = builder.op("Less", [uniform(builder), "p"]);
        const kept = builder.op("Where", [bits, "x", number(builder, 0)]);
        builder.op("Div", [kept, "p"], { outputs: ["y"] });
      },
    ],
    [
      "a selection between two tensors",
      (builder) => {
        const bits = builder.op("Less", [uniform(builder), number(builder, 0.5)]);
        builder.op("Where", [bits, "x", builder.op("Neg", ["x"])], { outputs: ["y"] });
      },
    ],
    [
      "a selection by a uniform's own bits",
      (builder) => {
        const bits = builder.op("Cast", [uniform(builder)], { attributes: { to: 9 } });
        builder.op("Where", [bits, "x", number(builder, 0)], { outputs: ["y"] });
      },
    ],
    [
      "the product of two masks",
      (builder) =>
        builder.op("Mul", [scaledMask(builder), scaledMask(builder)], { outputs: ["y"] }),
    ],
    [
      "a constant of two numbers",
      (builder) => {
        const data = Float32Array.of(0.75, 0.5);
        const keep = builder.constant(
          makeTensor({ name: "keep", type: "float32", dims: [2, 1], data }),
        );
        builder.op("Mul", ["x", builder.op("Bernoulli", [keep])], { outputs: ["y"] });
      },
    ],
    [
      "operators of another domain",
      (builder) => {
        builder.op("Mul", ["x", scaledMask(builder)], { outputs: ["y"] });
        for (const node of builder.nodes)
          if (node.opType === "RandomUniformLike") node.domain = "other";
      },
    ],
  ])("%s is none", (_, build) => {
    expect(rates(build)).toEqual([]);
  });

  test("the scale may stand behind, unless others read what it scales", () => {
    const build = (reader?: string) => (builder: GraphBuilder) => {
      const kept = builder.op("Mul", ["x", mask(builder)], { name: "drop", outputs: ["k"] });
      if (reader) builder.op("Neg", [kept], { outputs: [reader] });
      builder.op("Div", [kept, number(builder, 0.75)], { outputs: ["y"] });
    };
    expect(rates(build())).toEqual([expect.closeTo(0.25, 6)]);
    expect(rates(build("other"))).toEqual([]);
  });
});

test.each<[string, (builder: GraphBuilder, scaled: string) => string]>([
  ["the same mask", (_, scaled) => scaled],
  ["what is made of the same draws", (builder, scaled) => builder.op("Identity", [scaled])],
])("replaceDropout: %s in two places is an error", (_, second) => {
  const twice = model((builder) => {
    const scaled = scaledMask(builder);
    const first = builder.op("Mul", ["x", scaled], { name: "first", outputs: ["f"] });
    builder.op("Mul", [first, second(builder, scaled)], { name: "second", outputs: ["y"] });
  });
  expect(() => replaceDropout(twice)).toThrow(
    "replaceDropout: mask of first must serve it alone, got other readers of what RandomUniformLike RandomUniformLike draws",
  );
});

test("replaceDropout: a mask of unknown shape is an error, unless a variant is given", () => {
  const unknown = model((builder) => {
    const like = builder.op("RandomUniformLike", ["q"]);
    const bits = builder.op("Less", [like, number(builder, 0.75)]);
    const scaled = builder.op("Div", ["x", number(builder, 0.75)]);
    builder.op("Where", [bits, scaled, number(builder, 0)], { name: "drop", outputs: ["y"] });
  });
  unknown.graph.input.push(makeValueInfo("q", value));
  Object.assign(unknown.graph.input[2], { type: undefined });
  expect(inspectDropout(unknown).sites[0].variant).toBeUndefined();
  expect(() => replaceDropout(unknown)).toThrow(
    "replaceDropout: mask of drop must have a known shape, got none; variant says which",
  );
});
