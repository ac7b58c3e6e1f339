import { checkOptions } from "@dropoutkit/core/adapter";
import { elementwiseLoss } from "./elementwiseLoss.js";
import type { Loss } from "./Loss.js";
import type { RegressionOptions } from "./RegressionOptions.js";

/** The mean over all entries of |prediction - target|; the gradient is 0 where they are equal. */
export function meanAbsoluteError(options: RegressionOptions): Loss {
  const { prediction, target = "target" } = checkOptions("meanAbsoluteError", options);
  const names = { owner: "meanAbsoluteError", option: "prediction", prediction, target };
  return {
    settings: { name: "meanAbsoluteError", prediction, target },
    addTo: (model) =>
      elementwiseLoss(model, {
        ...names,
        each: ({ builder }) => builder.op("Abs", [builder.op("Sub", [prediction, target])]),
      }),
  };
}
