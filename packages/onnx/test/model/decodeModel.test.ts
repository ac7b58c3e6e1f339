import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  copyMessage,
  copyModel,
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  modelOf,
  opsetOf,
} from "../../src/graph.js";
import { decodeModel, encodeModel, type OnnxModel } from "../../src/index.js";
import { ModelProtoSchema } from "../../src/model/schema.js";

/** `y = x + w` over 1000 weights. */
function sumModel(): OnnxModel {
  const builder = new GraphBuilder();
  const data = Float32Array.from({ length: 1000 }, (_, i) => i / 8);
  const w = builder.constant(makeTensor({ name: "w", type: "float32", dims: [1000], data }));
  builder.op("Add", ["x", w], { name: "sum", outputs: ["y"] });
  const value = { type: "float32", dims: ["batch", 1000] } as const;
  return builder.model({
    name: "sum",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 17,
  });
}

/** Field `number` with a string, as the wire has it. */
function unknownField(number: number, text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const tag = (number << 3) | 2;
  return Uint8Array.of((tag & 0x7f) | 0x80, tag >> 7, bytes.length, ...bytes);
}

/** A message's bytes behind the tag of its field, as the wire has it. */
function embedded(number: number, bytes: Uint8Array): Uint8Array {
  const head = [(number << 3) | 2];
  let rest = bytes.length;
  for (; rest > 0x7f; rest >>= 7) head.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...head, rest, ...bytes);
}

describe("decodeModel and encodeModel", () => {
  test("a round trip gives equal bytes", () => {
    const bytes = encodeModel(sumModel());
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes);
  });

  test("unknown fields of the model and of a node survive a round trip and a copy", () => {
    // ModelProto has no field 900, NodeProto none 901; graph is field 7, its nodes are field 1.
    const model = encodeModel(sumModel());
    const node = Uint8Array.of(
      ...embedded(4, new TextEncoder().encode("Relu")),
      ...unknownField(901, "inside"),
    );
    const graph = embedded(7, embedded(1, node));
    const bytes = Uint8Array.of(...model, ...graph, ...unknownField(900, "from the future"));
    const decoded = decodeModel(bytes);
    const encoded = Buffer.from(encodeModel(decoded)).toString("latin1");
    expect(decoded.graph.node.map(({ opType }) => opType)).toEqual(["Add", "Relu"]);
    expect(encoded).toContain("from the future");
    expect(encoded).toContain("inside");
    expect(encodeModel(copyModel(decoded))).toEqual(encodeModel(decoded));
    const renamed = copyMessage(decoded.graph.node[1], { name: "changed" });
    const changed = copyMessage(decoded, {
      graph: copyMessage(decoded.graph, { node: [decoded.graph.node[0], renamed] }),
    });
    expect(Buffer.from(encodeModel(changed)).toString("latin1")).toContain("inside");
  });

  test("weights are views of the bytes, and copies of a model share them", () => {
    const bytes = encodeModel(sumModel());
    const model = decodeModel(bytes);
    expect(model.graph.initializer[0].rawData.buffer).toBe(bytes.buffer);
    const copy = copyModel(model);
    expect(copy.graph.initializer[0].rawData).toBe(model.graph.initializer[0].rawData);
  });

  test("a change to a copy's lists is none to the model", () => {
    const model = sumModel();
    const before = encodeModel(model);
    const copy = copyModel(model);
    copy.graph.node.pop();
    copy.graph.initializer.pop();
    copy.graph.input.pop();
    copy.graph.output.pop();
    copy.graph.valueInfo.push(makeValueInfo("t", { type: "float32", dims: [] }));
    copy.opsetImport.pop();
    copy.producerName = "another";
    expect(encodeModel(model)).toEqual(before);
  });

  test("every prefix of a model's bytes is an error of one sentence, never a model", () => {
    const bytes = encodeModel(sumModel());
    fc.assert(
      // The last fields are small: past them a prefix could be a whole message.
      fc.property(fc.integer({ min: 1, max: bytes.length - 10 }), (end) => {
        expect(() => decodeModel(bytes.subarray(0, end))).toThrow(
          /^decodeModel: (bytes must be an ONNX model, got \d+ bytes that are no protobuf message of that kind|model must [a-z ONX]+, got [a-z ]+)$/,
        );
      }),
    );
  });

  test.each([
    ["text", new TextEncoder().encode("this is no model, but a text file\n")],
    ["gzip", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)],
    ["PNG", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
  ])("decodeModel: bytes of %s are no model", (_, bytes) => {
    expect(() => decodeModel(bytes)).toThrow(
      `decodeModel: bytes must be an ONNX model, got ${bytes.length} bytes that are no protobuf message of that kind`,
    );
  });

  test("decodeModel: no bytes, and a message without a graph, are no model with a graph", () => {
    const sentence = "decodeModel: model must be an ONNX model with a graph, got none";
    expect(() => decodeModel(new Uint8Array())).toThrow(sentence);
    const graphless = toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n }));
    expect(() => decodeModel(graphless)).toThrow(sentence);
  });

  test("modelOf: a message that no one checked is checked, in the caller's name", () => {
    expect(() => modelOf("stripDropout", create(ModelProtoSchema, {}))).toThrow(
      "stripDropout: model must be an ONNX model with a graph, got none",
    );
    const model = sumModel();
    model.opsetImport = [];
    expect(() => modelOf("insertDropout", model)).toThrow(
      "insertDropout: model must import the standard operators, got no opset for Add sum",
    );
  });
});

test("opsetOf: the version of the standard domain, under both of its names", () => {
  const model = sumModel();
  expect(opsetOf(model)).toBe(17);
  model.opsetImport[0].domain = "ai.onnx";
  expect(opsetOf(model)).toBe(17);
});
