import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, type TensorData, tensorData } from "../../src/graph.js";
import {
  DataLocation,
  DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "../../src/model/schema.js";
import { runModel } from "../runtime/runModel.js";

/** Two elements of each type, the ends of its range where it has them. */
const samples: readonly TensorData[] = [
  { type: "float32", data: Float32Array.of(-0.5, 3e38) },
  { type: "float64", data: Float64Array.of(-0.1, 1e300) },
  { type: "int32", data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) },
  { type: "int64", data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  { type: "uint8", data: Uint8Array.of(0, 255) },
  { type: "uint32", data: Uint32Array.of(0, 2 ** 32 - 1) },
  { type: "bool", data: Uint8Array.of(0, 1) },
];

describe("tensorData", () => {
  test.each(samples)(
    "$type: what makeTensor writes is read, at any place in a buffer",
    (sample) => {
      const tensor = makeTensor({ name: "t", dims: [2], ...sample });
      for (let offset = 0; offset < 8; offset++) {
        const file = new Uint8Array(offset + tensor.rawData.length);
        file.set(tensor.rawData, offset);
        for (const rawData of [file.subarray(offset), Buffer.from(file.buffer).subarray(offset)]) {
          expect(tensorData({ ...tensor, rawData })).toEqual(sample);
        }
      }
    },
  );

  test.each(samples)("$type: the runtime reads the same elements", async (sample) => {
    const builder = new GraphBuilder();
    const value = makeTensor({ name: "t", dims: [2], ...sample });
    builder.op("Constant", [], { attributes: { value }, outputs: ["y"] });
    const model = builder.model({ name: "constant", inputs: [], outputs: [], opset: 13 });
    // An output without a declared type takes what the constant has.
    model.graph.output.push(create(ValueInfoProtoSchema, { name: "y" }));
    const { y } = await runModel(model, {});
    expect(y.type).toBe(sample.type);
    expect(y.data).toEqual(sample.data);
  });

  test.each([
    [DataType.FLOAT, { floatData: [0.5, -2] }, { type: "float32", data: Float32Array.of(0.5, -2) }],
    [
      DataType.DOUBLE,
      { doubleData: [0.1, -2] },
      { type: "float64", data: Float64Array.of(0.1, -2) },
    ],
    [DataType.INT32, { int32Data: [-1, 7] }, { type: "int32", data: Int32Array.of(-1, 7) }],
    [DataType.INT64, { int64Data: [-1n, 7n] }, { type: "int64", data: BigInt64Array.of(-1n, 7n) }],
    [DataType.UINT8, { int32Data: [1, 255] }, { type: "uint8", data: Uint8Array.of(1, 255) }],
    [
      DataType.UINT32,
      { uint64Data: [1n, 4294967295n] },
      { type: "uint32", data: Uint32Array.of(1, 4294967295) },
    ],
    [DataType.BOOL, { int32Data: [1, 0] }, { type: "bool", data: Uint8Array.of(1, 0) }],
  ])("data type %i is read from its typed field", (dataType, fields, expected) => {
    const tensor = create(TensorProtoSchema, { name: "t", dataType, dims: [2n], ...fields });
    expect(tensorData(tensor)).toEqual(expected);
  });

  test("a change of what it returns is none of the tensor", () => {
    const tensor = makeTensor({ name: "t", type: "uint8", dims: [1], data: Uint8Array.of(1) });
    tensorData(tensor).data[0] = 2;
    expect(tensor.rawData).toEqual(Uint8Array.of(1));
  });

  test("an empty tensor has no elements", () => {
    const tensor = makeTensor({
      name: "t",
      type: "float32",
      dims: [0, 3],
      data: new Float32Array(),
    });
    expect(tensorData(tensor)).toEqual({ type: "float32", data: new Float32Array() });
  });

  test("data that is cut off anywhere is an error", () => {
    const data = Float32Array.of(1, 2, 3);
    const tensor = makeTensor({ name: "w", type: "float32", dims: [3], data });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 11 }), (bytes) => {
        const rawData = tensor.rawData.subarray(0, bytes);
        expect(() => tensorData({ ...tensor, rawData })).toThrow(
          `tensorData: tensor w must have 3 elements, got ${bytes / 4}`,
        );
      }),
    );
  });

  test("another element type, and external data, are errors", () => {
    const half = create(TensorProtoSchema, { name: "w", dataType: DataType.FLOAT16, dims: [0n] });
    expect(() => tensorData(half)).toThrow(
      "tensorData: tensor w must hold float32, float64, int32, int64, uint8, uint32 or bool, got data type 10",
    );
    const external = create(TensorProtoSchema, {
      name: "w",
      dataType: DataType.FLOAT,
      dims: [1n],
      dataLocation: DataLocation.EXTERNAL,
    });
    expect(() => tensorData(external)).toThrow(
      "tensorData: tensor w must hold its data, got external data",
    );
  });
});
