import { toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import { decodeModel, encodeModel, type OnnxModel } from "../../src/index.js";
import { ModelProtoSchema } from "../../src/model/schema.js";

/** `y = x + w0 + w1 + ...`, every other constant as a node's attribute. */
function sumModel(sizes: readonly number[]): OnnxModel {
  const builder = new GraphBuilder();
  let sum = "x";
  for (const [i, size] of sizes.entries()) {
    const data = Float32Array.from({ length: size }, (_, j) => i + j / 8);
    const tensor = makeTensor({ name: `w${i}`, type: "float32", dims: [size], data });
    const w =
      i % 2 === 0
        ? builder.constant(tensor)
        : builder.op("Constant", [], { attributes: { value: tensor } });
    sum = builder.op("Add", [sum, w]);
  }
  const value = { type: "float32", dims: ["n"] } as const;
  return builder.model({
    name: "sum",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo(sum, value)],
    opset: 17,
  });
}

test("encodeModel: large weights, wherever they are, come out as protobuf's encoder writes them", () => {
  // From 1024 floats on a weight is a part of its own.
  const size = fc.constantFrom(0, 1, 1023, 1024, 5000);
  fc.assert(
    fc.property(fc.array(size, { minLength: 1, maxLength: 5 }), (sizes) => {
      const model = sumModel(sizes);
      model.$unknown = [{ no: 900, wireType: 0, data: Uint8Array.of(7) }];
      model.graph.$unknown = [{ no: 901, wireType: 0, data: Uint8Array.of(8) }];
      const bytes = encodeModel(model);
      // Buffers, since a comparison of arrays element by element takes the test ten seconds.
      expect(Buffer.compare(bytes, toBinary(ModelProtoSchema, model))).toBe(0);
      expect(Buffer.compare(encodeModel(decodeModel(bytes)), bytes)).toBe(0);
    }),
  );
});

test("encodeModel: a model of 2 GiB is an error that says where weights can go", () => {
  const model = sumModel([1]);
  // The operating system gives memory to pages that are written, and these are not.
  const rawData = new Uint8Array(2 ** 31);
  model.graph.initializer[0].rawData = rawData;
  expect(() => encodeModel(model)).toThrow(
    /^encodeModel: model must be smaller than 2 GiB, got 21474\d+ bytes; larger weights are for external data$/,
  );
});
