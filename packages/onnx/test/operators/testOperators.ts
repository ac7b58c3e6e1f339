import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import type * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import {
  type AttributeValue,
  evaluateDim,
  GraphBuilder,
  inferShapes,
  makeTensor,
  makeValueInfo,
  opsetOf,
  type TensorType,
} from "../../src/graph.js";
import { type OnnxModel, upgradeOpset } from "../../src/index.js";
import { DataType, ValueInfoProtoSchema } from "../../src/model/schema.js";
import { type Feed, runModel } from "../runtime/runModel.js";

/** A tensor that a node reads: fed, or a constant of the model where `fixed`. */
export interface Operand {
  readonly type: TensorType;
  readonly dims: readonly number[];
  /** By default ones, and of floats various numbers. */
  readonly data?: readonly number[];
  readonly fixed?: boolean;
}

/** One node, and the operator set that it is of. */
export interface OneNode {
  readonly opset: number;
  readonly opType: string;
  /** `null` is an optional input that is left out. */
  readonly inputs: readonly (Operand | null)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** How many outputs are read; default 1. */
  readonly outputs?: number;
  /** Whether the results are another each time. */
  readonly isRandom?: boolean;
  /** Whether some sizes are known only when the model runs. */
  readonly partial?: boolean;
}

export const floats = (...dims: number[]): Operand => ({ type: "float32", dims });

/** A list of integers as a constant, as axes and sizes are given. */
export const ints = (...data: number[]): Operand => ({
  type: "int64",
  dims: [data.length],
  data,
  fixed: true,
});

export const scalar = (type: TensorType, value: number): Operand => ({
  type,
  dims: [],
  data: [value],
  fixed: true,
});

const sizeOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

/** A number in [-0.5, 2), another for each place. */
const spread = (place: number): number => ((place * 0.754877666) % 1) * 2.5 - 0.5;

function feedOf({ type, dims, data }: Operand): Feed {
  const length = sizeOf(dims);
  if (type === "float32") {
    return {
      type,
      dims,
      data: Float32Array.from(data ?? Array.from({ length }, (_, i) => spread(i))),
    };
  }
  const items = data ?? Array.from({ length }, () => 1);
  if (type === "int64") return { type, dims, data: BigInt64Array.from(items, BigInt) };
  if (type === "int32") return { type, dims, data: Int32Array.from(items) };
  if (type === "float64") return { type, dims, data: Float64Array.from(items) };
  if (type === "uint32") return { type, dims, data: Uint32Array.from(items) };
  return { type, dims, data: Uint8Array.from(items) };
}

/** The model of one node whose outputs have no declared shape, and what it is fed. */
function modelOfNode(
  { opset, opType, inputs, attributes, outputs = 1 }: OneNode,
  nameOf: (dim: number) => number | string = (dim) => dim,
): { readonly model: OnnxModel; readonly feeds: Record<string, Feed> } {
  const builder = new GraphBuilder();
  const feeds: Record<string, Feed> = {};
  const declared = inputs.flatMap((operand, i) => {
    if (operand === null) return [];
    const feed = feedOf(operand);
    if (operand.fixed) {
      builder.constant(tensorOf(`x${i}`, feed));
      return [];
    }
    feeds[`x${i}`] = feed;
    return [makeValueInfo(`x${i}`, { type: operand.type, dims: operand.dims.map(nameOf) })];
  });
  const made = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const names = inputs.map((operand, i) => (operand === null ? "" : `x${i}`));
  builder.op(opType, names, { attributes, outputs: made });
  const model = builder.model({
    name: opType,
    inputs: declared,
    outputs: made.map((name) => create(ValueInfoProtoSchema, { name })),
    opset,
  });
  return { model, feeds };
}

function tensorOf(name: string, { type, dims, data }: Feed): ReturnType<typeof makeTensor> {
  const message = makeTensor({ name, type: "float32", dims, data: new Float32Array(0) });
  message.rawData = new Uint8Array(
    data.buffer,
    data.byteOffset,
    data.byteLength,
  ) as typeof message.rawData;
  message.dataType = dataTypes[type] ?? 0;
  return message;
}

/** ONNX's number for each type that onnxruntime names. */
const dataTypes: Readonly<Record<string, number>> = {
  float32: DataType.FLOAT,
  float64: DataType.DOUBLE,
  int32: DataType.INT32,
  int64: DataType.INT64,
  uint8: DataType.UINT8,
  int8: DataType.INT8,
  uint32: DataType.UINT32,
  bool: DataType.BOOL,
};

/** Compares what is inferred with what the runtime returned. */
export function expectShapes(
  model: OnnxModel,
  results: Readonly<Record<string, ort.Tensor>>,
  {
    sizes,
    partial,
  }: { readonly sizes: Readonly<Record<string, number>>; readonly partial: boolean },
): void {
  const infos = inferShapes(model);
  for (const [name, { dims, type }] of Object.entries(results)) {
    const info = infos.get(name);
    if (info === undefined && partial) continue;
    const found = info?.dims.map((dim) => evaluateDim(dim, sizes));
    // A size that stays unknown has a name of its own; it must be one that the case allows.
    const expected = partial
      ? dims.map((dim, i) => (found?.[i] === undefined ? undefined : dim))
      : [...dims];
    expect({ name, dims: found, type: info?.dataType }).toEqual({
      name,
      dims: expected,
      type: dataTypes[type],
    });
  }
}

/** Sizes by the name that they have in symbolic models. */
const namesOf = (dim: number): string => `size${dim}`;
const sizes = Object.fromEntries(Array.from({ length: 1000 }, (_, dim) => [namesOf(dim), dim]));

/**
 * Runs a node, and expects its inferred shapes: with numbers; with the first axis of the first input
 * named, in all inputs that share it; and with all sizes that are not 1 named, which may leave some
 * unknown, but none wrong.
 */
async function expectInferred(node: OneNode): Promise<void> {
  const { model, feeds } = modelOfNode(node);
  const results = await runModel(model, feeds, "disabled");
  const { partial = false } = node;
  expectShapes(model, results, { sizes, partial });
  const batch = node.inputs[0]?.dims[0];
  const named = modelOfNode(node, (dim) => (dim === batch && dim > 1 ? namesOf(dim) : dim));
  expectShapes(named.model, results, { sizes, partial: true });
  const symbolic = modelOfNode(node, (dim) => (dim > 1 ? namesOf(dim) : dim));
  expectShapes(symbolic.model, results, { sizes, partial: true });
}

/** Brings a node's model to a later version, and expects equal outputs. */
async function expectUpgraded(
  node: OneNode,
  { target, rounding }: { readonly target: number; readonly rounding: number },
): Promise<void> {
  const { model, feeds } = modelOfNode(node);
  const upgraded = upgradeOpset(model, target);
  expect(opsetOf(upgraded)).toBe(target);
  const before = await runModel(model, feeds, "disabled");
  const after = await runModel(upgraded, feeds, "disabled");
  for (const [name, { dims, type, data }] of Object.entries(before)) {
    expect({ name, dims: after[name].dims, type: after[name].type }).toEqual({ name, dims, type });
    if (!node.isRandom) expectValues(valuesOf(after[name].data), valuesOf(data), rounding);
  }
}

const valuesOf = (data: ort.Tensor["data"]): number[] => Array.from<unknown, number>(data, Number);

function expectValues(
  found: readonly number[],
  expected: readonly number[],
  rounding: number,
): void {
  if (rounding === 0) expect(found).toEqual(expected);
  for (const [i, value] of found.entries()) {
    const isSame = Object.is(value, expected[i]) || Math.abs(value - expected[i]) <= rounding;
    expect(isSame, `${value}, ${expected[i]}`).toBe(true);
  }
}

export interface OperatorTests {
  /** How far the runtime's kernels of two versions may be apart; default 0, the same bits. */
  readonly rounding?: number;
  readonly numRuns?: number;
  /** The newest version that the runtime has these operators of; default 24. */
  readonly newest?: number;
}

/** The laws that hold for every node of a family: its shapes are inferred, and it can be upgraded. */
export function testOperators(
  subject: string,
  nodes: fc.Arbitrary<OneNode>,
  { numRuns = 25, newest = 24, rounding = 0 }: OperatorTests = {},
): void {
  test(`${subject}: shapes and types are those that the runtime returns`, async () => {
    await fc.assert(fc.asyncProperty(nodes, expectInferred), { numRuns });
  });

  test(`${subject}: at a later version of the operators the results are the same`, async () => {
    const targets = nodes.chain((node) =>
      fc.tuple(fc.constant(node), fc.integer({ min: Math.min(node.opset, newest), max: newest })),
    );
    const property = fc.asyncProperty(targets, ([node, target]) =>
      expectUpgraded(node, { target, rounding }),
    );
    await fc.assert(property, { numRuns });
  });
}
