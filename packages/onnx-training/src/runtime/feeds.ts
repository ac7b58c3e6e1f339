import type { OnnxModel } from "@dropoutkit/onnx";
import {
  type Dim,
  fedInputs,
  nearMisses,
  tensorInfoOf,
  tensorTypeOf,
} from "@dropoutkit/onnx/graph";
import type { Feeds } from "./runtime.js";

/** An input that the caller gives at each run. */
export interface FeedInput {
  readonly name: string;
  readonly type: string | undefined;
  readonly dims: readonly Dim[] | undefined;
}

/** The inputs of a model, without those that have a start value. */
export function feedInputs({ graph }: OnnxModel): FeedInput[] {
  return fedInputs(graph).map((value) => {
    const info = tensorInfoOf(value);
    return { name: value.name, type: info && tensorTypeOf(info.dataType), dims: info?.dims };
  });
}

/**
 * Checks what a caller gives against the inputs, and returns the sizes of the axes that the model
 * only names.
 * @throws {Error} If an input is missing or not the model's.
 * @throws {TypeError} If a tensor has another element type.
 * @throws {RangeError} If a shape does not fit.
 */
export function checkFeeds(
  owner: string,
  inputs: readonly FeedInput[],
  feeds: Feeds,
): Record<string, number> {
  const names = inputs.map(({ name }) => name);
  for (const name of Object.keys(feeds)) {
    if (!names.includes(name)) {
      throw new Error(
        `${owner}: feeds must be ${names.join(", ")}, got ${name}${nearMisses(name, names)}`,
      );
    }
  }
  const sizes: Record<string, number> = {};
  for (const { name, type, dims } of inputs) {
    const tensor = feeds[name];
    if (tensor === undefined) {
      const given = Object.keys(feeds).join(", ");
      throw new Error(`${owner}: feeds must be ${names.join(", ")}, got ${given || "none"}`);
    }
    if (type !== undefined && tensor.type !== type) {
      throw new TypeError(`${owner}: ${name} must hold ${type}, got ${tensor.type}`);
    }
    if (tensor.dims[0] === 0 && dims?.[0] !== 0) {
      throw new RangeError(
        `${owner}: ${name} must have at least one example, got shape [${tensor.dims.join(", ")}]`,
      );
    }
    const fits =
      dims === undefined ||
      (dims.length === tensor.dims.length &&
        dims.every((dim, axis) => {
          const size = tensor.dims[axis];
          if (typeof dim === "number") return dim === size;
          sizes[dim] ??= size;
          return sizes[dim] === size;
        }));
    if (!fits) {
      throw new RangeError(
        `${owner}: ${name} must have shape [${dims.join(", ")}], got [${tensor.dims.join(", ")}]`,
      );
    }
  }
  return sizes;
}
