import {
  create,
  type DescField,
  type DescMessage,
  isMessage,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Bytes } from "./Bytes.js";
import { MAX_NESTED_MESSAGES, nestingError } from "./nesting.js";
import { type ModelProto, ModelProtoSchema } from "./schema.js";

/** Bytes from which a field is worth a part of its own: below, a copy or two cost less than the part. */
const LARGE = 4096;
/** What protobuf, and with it every ONNX runtime, reads of one file. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Writes a model as the bytes of an .onnx file; unknown fields are written as they were read. Weights
 * are copied once.
 * @throws {Error} If the file would have 2 GiB or more, or graphs are nested too deep.
 */
export function encodeModel(model: ModelProto): Bytes {
  const parts = encodeParts("encodeModel", model);
  const bytes = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * The bytes of an .onnx file as consecutive parts, of which the weights are the model's own arrays:
 * protobuf's encoder would copy them once for each message around them, and while its buffer grows.
 */
export function encodeParts(owner: string, model: ModelProto): Uint8Array[] {
  if (!(typeof model === "object" && isMessage(model, ModelProtoSchema))) {
    throw new TypeError(
      `${owner}: model must be one that decodeModel returned, got ${String(model)}`,
    );
  }
  const large = new Set<Message>();
  findLarge(owner, { schema: ModelProtoSchema, message: model, large, depth: 1 });
  const parts = partsOf({ schema: ModelProtoSchema, message: model, large });
  const size = lengthOf(parts);
  if (size > MAX_BYTES) {
    throw new Error(
      `${owner}: model must be smaller than 2 GiB, got ${size} bytes; larger weights are for external data`,
    );
  }
  return parts;
}

interface Typed {
  readonly schema: DescMessage;
  readonly message: Message;
}

interface Sorted extends Typed {
  /** The messages that hold a large field, at any depth. */
  readonly large: Set<Message>;
}

function findLarge(
  owner: string,
  { schema, message, large, depth }: Sorted & { readonly depth: number },
): void {
  if (depth > MAX_NESTED_MESSAGES) throw nestingError(owner);
  for (const field of schema.fields) {
    if (largeBytes(field, message) !== undefined) large.add(message);
    for (const child of childrenOf(field, message)) {
      findLarge(owner, { ...child, large, depth: depth + 1 });
      if (large.has(child.message)) large.add(message);
    }
  }
}

/** A message's bytes, its fields in the order in which protobuf's encoder writes them. */
function partsOf({ schema, message, large }: Sorted): Uint8Array[] {
  const parts: Uint8Array[] = [];
  // Fields between two large ones are encoded together, as a message that has no others.
  let small = create(schema);
  const addLarge = (number: number, field: readonly Uint8Array[]): void => {
    const header = new BinaryWriter().tag(number, WireType.LengthDelimited);
    parts.push(toBinary(schema, small), header.uint32(lengthOf(field)).finish());
    for (const part of field) parts.push(part);
    small = create(schema);
  };
  for (const field of [...schema.fields].sort((a, b) => a.number - b.number)) {
    const bytes = largeBytes(field, message);
    const children = childrenOf(field, message);
    if (bytes !== undefined) {
      addLarge(field.number, [bytes]);
    } else if (!children.some((child) => large.has(child.message))) {
      if (Object.hasOwn(message, field.localName)) {
        Reflect.set(small, field.localName, fieldOf(field, message));
      }
    } else {
      for (const child of children) {
        if (large.has(child.message)) addLarge(field.number, partsOf({ ...child, large }));
        else addChild(small, field, child.message);
      }
    }
  }
  small.$unknown = message.$unknown;
  return [...parts, toBinary(schema, small)];
}

function addChild(message: Message, field: DescField, child: Message): void {
  const value = fieldOf(field, message);
  if (Array.isArray(value)) value.push(child);
  else Reflect.set(message, field.localName, child);
}

const fieldOf = ({ localName }: DescField, message: Message): unknown =>
  Reflect.get(message, localName);

function largeBytes(field: DescField, message: Message): Uint8Array | undefined {
  const value = fieldOf(field, message);
  return value instanceof Uint8Array && value.length >= LARGE ? value : undefined;
}

/** The messages in a field. Only sizes and types of values have alternatives (`oneof`), and no bytes lie in them. */
function childrenOf(field: DescField, message: Message): Typed[] {
  const schema = field.message;
  if (schema === undefined || field.oneof !== undefined) return [];
  const values = [fieldOf(field, message)].flat().filter((value) => isMessage(value));
  return values.map((value) => ({ schema, message: value }));
}

const lengthOf = (parts: readonly Uint8Array[]): number =>
  parts.reduce((length, part) => length + part.length, 0);
