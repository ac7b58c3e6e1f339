import type { Variant } from "@dropoutkit/core";
import { checkOptions, checkVariant, type Leaf } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "@dropoutkit/onnx";
import { emitExpr, GraphBuilder, nearMisses } from "@dropoutkit/onnx/graph";
import type { Penalty } from "./Loss.js";

export interface VariantPenaltyOptions {
  /** A variant that has a penalty, such as `concreteDropout`. */
  readonly variant: Variant;
  /** The float32 tensors of the model that the penalty reads: `w`, `learned:logit`. */
  readonly tensors: Readonly<Partial<Record<Leaf, string>>>;
  /** Sizes that the penalty reads: `features`, the inputs of the layer: the last axis of what enters a product, axis 1 of what enters a convolution. */
  readonly numbers?: Readonly<Partial<Record<Leaf, number>>>;
}

/**
 * The penalty of a variant with learned rates, for one layer; `variant.penalty` is its formula.
 * @throws {TypeError} If the variant has no penalty; when the Trainer opens, if the penalty reads more than is given.
 * @see Gal, Hron and Kendall 2017, "Concrete Dropout", section 3 (arXiv:1705.07832).
 */
export function variantPenalty(options: VariantPenaltyOptions): Penalty {
  const { variant, tensors, numbers = {} } = checkOptions("variantPenalty", options);
  const { name, penalty } = checkVariant("variantPenalty", variant);
  if (penalty === undefined) {
    throw new TypeError(`variantPenalty: variant must have a penalty, got ${name}`);
  }
  return {
    settings: { name: "variantPenalty", penalty, tensors, numbers },
    addTo(model) {
      for (const tensor of Object.values(tensors)) if (tensor) checkTensor(model, tensor);
      const { graph } = model;
      const builder = new GraphBuilder(`${name}.penalty`, graph);
      const { value } = emitExpr(builder, penalty, {
        type: "float32",
        leaf(leaf) {
          const number = numbers[leaf];
          return number === undefined ? tensors[leaf] : builder.scalar("float32", number);
        },
      });
      builder.addTo(model);
      return value;
    },
  };
}

function checkTensor({ graph }: OnnxModel, tensor: string): void {
  const names = [
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
  ];
  if (names.includes(tensor)) return;
  throw new Error(
    `variantPenalty: tensors must be of the model, got ${tensor}${nearMisses(tensor, names)}`,
  );
}
