import type { Variant } from "@dropoutkit/core";
import { addInitializer } from "../model/addInitializer.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { DataType } from "../model/schema.js";
import { makeTensor } from "../model/tensor.js";
import type { TensorInfo } from "../model/valueInfo.js";
import type { Site } from "../sites/site.js";

/** Whose parameters are learned: a variant at a site, and what is known of the tensor. */
export interface AddLearnedOptions {
  readonly owner: string;
  readonly variant: Variant;
  readonly site: string;
  readonly info: Pick<TensorInfo, "dataType"> | undefined;
}

/**
 * Adds a scalar `<site>.<name>` with its start value for each parameter that a variant learns, in place;
 * returns them by the leaves that its formulas read.
 * @throws {Error} If the model has a tensor of that name.
 * @throws {TypeError} If a parameter is no scalar, or the tensor does not hold float32.
 */
export function addLearned(
  model: OnnxModel,
  { owner, variant, site, info }: AddLearnedOptions,
): NonNullable<Site["leaves"]> {
  const { graph } = model;
  const taken = new Set([
    ...[...graph.initializer, ...graph.input].map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
  ]);
  const leaves = Object.entries(variant.learned ?? {}).map(([learned, { init, like }]) => {
    const name = `${site}.${learned}`;
    if (like !== "scalar" || info?.dataType !== DataType.FLOAT) {
      throw new TypeError(
        `${owner}: variant must learn scalars, at a tensor of float32, got ${variant.name} at ${site}`,
      );
    }
    if (taken.has(name)) {
      throw new Error(`${owner}: model must have no tensor ${name} yet, got one`);
    }
    const data = Float32Array.of(init);
    addInitializer(model, makeTensor({ name, type: "float32", dims: [], data }));
    return [`learned:${learned}`, name] as const;
  });
  return Object.fromEntries(leaves);
}
