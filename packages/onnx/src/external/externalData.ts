import { tensorLabel } from "../labels/tensorLabel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import {
  DataLocation,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from "../model/schema.js";

/** Where a tensor's bytes are that are not in the model's file. */
export interface ExternalData {
  /** Path of a file in the model's folder, with `/` or `\` between its parts. */
  readonly location: string;
  /** In bytes. */
  readonly offset: number;
  /** In bytes; undefined for all up to the file's end. */
  readonly length?: number;
}

/**
 * Where a tensor's external data is. The path is checked, since a
 * model comes from anywhere: it cannot leave the folder by its name.
 * @throws {Error} If the location is not a relative path inside a folder, or offset or length no size.
 */
export function externalDataOf(tensor: TensorProto): ExternalData {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get("location") ?? "";
  if (!isInside(location)) {
    throw new Error(
      `externalDataOf: location of ${tensorLabel(tensor)} must be a path inside the model's folder, got ${JSON.stringify(location)}`,
    );
  }
  const offset = sizeOf(tensor, "offset", entries.get("offset") ?? "0");
  const length = entries.get("length");
  return { location, offset, ...(length && { length: sizeOf(tensor, "length", length) }) };
}

/** Of any system: a model that is fine on one is not an attack on another. */
function isInside(location: string): boolean {
  const parts = location.split(/[/\\]/);
  const isRelative = !/^([/\\]|[a-zA-Z]:)/.test(location) && !location.includes("\0");
  return isRelative && parts[parts.length - 1] !== "" && !parts.includes("..");
}

function sizeOf({ name }: TensorProto, key: "offset" | "length", text: string): number {
  const size = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw new Error(
    `externalDataOf: ${key} of ${tensorLabel({ name })} must be an integer in [0, 2^53), got ${text}`,
  );
}

/** The tensors of a model whose data is external, in nested graphs, functions and attributes too. */
export function externalTensors({ graph, functions }: OnnxModel): TensorProto[] {
  const tensors = [...tensorsOfGraph(graph), ...functions.flatMap(({ node }) => tensorsOf(node))];
  return tensors.filter(({ dataLocation }) => dataLocation === DataLocation.EXTERNAL);
}

const tensorsOfGraph = ({ initializer, sparseInitializer, node }: GraphProto): TensorProto[] => [
  ...initializer,
  ...sparseInitializer.flatMap(({ values, indices }) => [values, indices]).filter(isGiven),
  ...tensorsOf(node),
];

const tensorsOf = (nodes: readonly NodeProto[]): TensorProto[] =>
  nodes
    .flatMap(({ attribute }) => attribute)
    .flatMap(({ t, tensors, g, graphs }) => [
      ...[t, ...tensors].filter(isGiven),
      ...[g, ...graphs].filter(isGiven).flatMap(tensorsOfGraph),
    ]);

const isGiven = <T>(value: T | undefined): value is T => value !== undefined;
