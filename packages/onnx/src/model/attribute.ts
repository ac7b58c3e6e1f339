import { create } from "@bufbuild/protobuf";
import { getTextEncoding } from "@bufbuild/protobuf/wire";
import { int64 } from "./int64.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from "./schema.js";

/** An attribute's value; a number is an integer unless `float` says otherwise. */
export type AttributeValue =
  | number
  | bigint
  | string
  | readonly (number | bigint)[]
  | TensorProto
  | GraphProto
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] };

export function makeAttribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "number" || typeof value === "bigint") {
    const i = int64("makeAttribute", value);
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i });
  }
  if (typeof value === "string") {
    const s = getTextEncoding().encodeUtf8(value);
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s });
  }
  if (isList(value)) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.INTS,
      ints: value.map((item) => int64("makeAttribute", item)),
    });
  }
  if ("float" in value) {
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  }
  if ("floats" in value) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.FLOATS,
      floats: [...value.floats],
    });
  }
  if ("strings" in value) {
    const strings = value.strings.map((text) => getTextEncoding().encodeUtf8(text));
    return create(AttributeProtoSchema, { name, type: AttributeType.STRINGS, strings });
  }
  if (value.$typeName === "onnx.GraphProto") {
    return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: value });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: value });
}

const isList = (value: AttributeValue): value is readonly (number | bigint)[] =>
  Array.isArray(value);

const find = (node: NodeProto, name: string): AttributeProto | undefined =>
  node.attribute.find((attribute) => attribute.name === name);

export const intAttribute = (node: NodeProto, name: string, otherwise: number): number => {
  const found = find(node, name);
  return found === undefined ? otherwise : Number(found.i);
};

export const floatAttribute = (node: NodeProto, name: string, otherwise: number): number =>
  find(node, name)?.f ?? otherwise;

export const intsAttribute = (node: NodeProto, name: string): number[] | undefined =>
  find(node, name)?.ints.map(Number);

export const floatsAttribute = (node: NodeProto, name: string): readonly number[] | undefined =>
  find(node, name)?.floats;

export const stringAttribute = (node: NodeProto, name: string, otherwise: string): string => {
  const found = find(node, name);
  return found === undefined ? otherwise : getTextEncoding().decodeUtf8(found.s);
};

export const stringsAttribute = (node: NodeProto, name: string): string[] | undefined =>
  find(node, name)?.strings.map((text) => getTextEncoding().decodeUtf8(text));

export const tensorAttribute = (node: NodeProto, name: string): TensorProto | undefined =>
  find(node, name)?.t;

export const graphAttribute = (node: NodeProto, name: string): GraphProto | undefined =>
  find(node, name)?.g;
