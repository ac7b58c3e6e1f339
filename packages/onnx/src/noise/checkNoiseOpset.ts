import type { OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { OldOpsetError } from "../opset/OldOpsetError.js";
import type { NoiseSource } from "../sites/site.js";

/** Where came with opset 9, the bit operations with 18. */
const oldestOpset: { readonly [S in NoiseSource]: number } = { feeds: 9, graph: 18 };

/** @throws {Error} If the model's opset has no operators for the noise. */
export function checkNoiseOpset(owner: string, model: OnnxModel, noise: NoiseSource): void {
  const opset = opsetOf(model);
  if (!(opset >= oldestOpset[noise])) {
    throw new OldOpsetError(
      `${owner}: noise "${noise}" must have opset ${oldestOpset[noise]} or later, got ${opset}`,
      oldestOpset[noise],
    );
  }
}
