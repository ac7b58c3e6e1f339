import { describe, expect, test } from "vitest";
import { copyMessage, GraphBuilder, makeValueInfo, type TensorProto } from "../../src/graph.js";
import {
  encodeModel,
  inspectDropout,
  type OnnxModel,
  replaceDropout,
  stripDropout,
} from "../../src/index.js";
import { DataLocation, DataType } from "../../src/model/schema.js";

const value = { type: "float32", dims: [2, 4] } as const;

const external = (tensor: TensorProto): TensorProto =>
  copyMessage(tensor, { rawData: new Uint8Array(), dataLocation: DataLocation.EXTERNAL });

const bfloat16 = (tensor: TensorProto): TensorProto =>
  copyMessage(tensor, { rawData: tensor.rawData.slice(2), dataType: DataType.BFLOAT16 });

type Build = (builder: GraphBuilder, constant: string) => void;

function model(build: Build, change: (tensor: TensorProto) => TensorProto): OnnxModel {
  const builder = new GraphBuilder();
  const keep = builder.scalar("float32", 0.75);
  build(builder, keep);
  const made = builder.model({
    name: "unread",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 15,
  });
  made.graph.initializer = made.graph.initializer.map((tensor) =>
    tensor.name === keep ? change(tensor) : tensor,
  );
  return made;
}

const bits = (builder: GraphBuilder, bound: string): string =>
  builder.op("Cast", [builder.op("Less", [builder.op("RandomUniformLike", ["x"]), bound])], {
    attributes: { to: 1 },
  });

/** Each place of a constant in what may be dropout. */
const patterns: readonly (readonly [string, Build])[] = [
  [
    "the bound",
    (builder, keep) => builder.op("Mul", ["x", bits(builder, keep)], { outputs: ["y"] }),
  ],
  [
    "the scale behind",
    (builder, keep) => {
      const kept = builder.op("Mul", ["x", bits(builder, builder.scalar("float32", 0.5))]);
      builder.op("Div", [kept, keep], { outputs: ["y"] });
    },
  ],
  [
    "the scale in front, through a Cast",
    (builder, keep) => {
      const scale = builder.op("Cast", [keep], { attributes: { to: 1 } });
      const scaled = builder.op("Div", ["x", scale]);
      builder.op("Mul", [scaled, bits(builder, builder.scalar("float32", 0.5))], {
        outputs: ["y"],
      });
    },
  ],
  [
    "a probability",
    (builder, keep) => {
      const probabilities = builder.op("Expand", [keep, builder.ints([2, 4])]);
      builder.op("Mul", ["x", builder.op("Bernoulli", [probabilities])], { outputs: ["y"] });
    },
  ],
];

describe.each(patterns)("a pattern whose constant is not read, %s", (_, build) => {
  test("in another file is named, and no dropout", () => {
    const noisy = model(build, external);
    const { sites, pitfalls } = inspectDropout(noisy);
    expect(sites).toEqual([]);
    expect(pitfalls.map(({ code }) => code)).toEqual(["unknownNoise", "unread"]);
    expect(pitfalls[1].message).toBe(
      'constants "float32_0.75" of what may be dropout lie in other files and were not read, so its rate or scale is not known; readTensor gives a tensor with its data',
    );
    expect(encodeModel(stripDropout(noisy))).toEqual(encodeModel(noisy));
    expect(encodeModel(replaceDropout(noisy))).toEqual(encodeModel(noisy));
  });

  test("of a type without an array is no dropout", () => {
    const noisy = model(build, bfloat16);
    expect(inspectDropout(noisy).sites).toEqual([]);
    expect(encodeModel(stripDropout(noisy))).toEqual(encodeModel(noisy));
    expect(encodeModel(replaceDropout(noisy))).toEqual(encodeModel(noisy));
  });
});

test("a Dropout whose ratio is in another file has no known rate", () => {
  const noisy = model(
    (builder, ratio) => builder.op("Dropout", ["x", ratio], { name: "drop", outputs: ["y"] }),
    external,
  );
  const { sites, pitfalls } = inspectDropout(noisy);
  expect(sites).toMatchObject([{ kind: "Dropout", rate: undefined }]);
  expect(pitfalls.map(({ code }) => code)).toContain("unread");
  expect(stripDropout(noisy).graph.node.map(({ opType }) => opType)).toEqual(["Identity"]);
  expect(() => replaceDropout(noisy)).toThrow(
    "replaceDropout: rate must be given for drop, whose own is not constant, got float32_0.75",
  );
});
