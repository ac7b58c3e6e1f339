import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
  floatAttribute,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  makeTensor,
  type NodeProto,
  stringAttribute,
  tensorAttribute,
  tensorData,
} from "../../src/graph.js";
import { floatsAttribute, stringsAttribute } from "../../src/model/attribute.js";
import { NodeProtoSchema } from "../../src/model/schema.js";

/** A node with one attribute of each kind, after a trip through its bytes. */
function node(): NodeProto {
  const builder = new GraphBuilder();
  const value = makeTensor({ name: "t", type: "int32", dims: [2], data: Int32Array.of(-1, 7) });
  const attributes = {
    i: -3,
    f: { float: 0.25 },
    s: "größe",
    ints: [0, -1, 2 ** 40],
    none: [],
    floats: { floats: [0.5, -2] },
    strings: { strings: ["Tanh", "größe"] },
    value,
  };
  builder.op("Any", [], { attributes });
  return fromBinary(NodeProtoSchema, toBinary(NodeProtoSchema, builder.nodes[0]));
}

test("attributes: what is written is read, through the bytes", () => {
  expect(intAttribute(node(), "i", 9)).toBe(-3);
  expect(floatAttribute(node(), "f", 9)).toBe(0.25);
  expect(stringAttribute(node(), "s", "other")).toBe("größe");
  expect(intsAttribute(node(), "ints")).toEqual([0, -1, 2 ** 40]);
  expect(intsAttribute(node(), "none")).toEqual([]);
  expect(floatsAttribute(node(), "floats")).toEqual([0.5, -2]);
  expect(stringsAttribute(node(), "strings")).toEqual(["Tanh", "größe"]);
  const value = tensorAttribute(node(), "value");
  expect(value && tensorData(value)).toEqual({ type: "int32", data: Int32Array.of(-1, 7) });
});

test("attributes: one that is absent is its default", () => {
  expect(intAttribute(node(), "absent", 9)).toBe(9);
  expect(floatAttribute(node(), "absent", 0.5)).toBe(0.5);
  expect(stringAttribute(node(), "absent", "mean")).toBe("mean");
  expect(intsAttribute(node(), "absent")).toBeUndefined();
  expect(tensorAttribute(node(), "absent")).toBeUndefined();
});
