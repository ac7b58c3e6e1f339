import { checkOptions } from "@dropoutkit/core/adapter";
import { elementwiseLoss } from "./elementwiseLoss.js";
import type { Loss } from "./Loss.js";
import type { RegressionOptions } from "./RegressionOptions.js";

/** The mean over all entries of (prediction - target)². */
export function meanSquaredError(options: RegressionOptions): Loss {
  const { prediction, target = "target" } = checkOptions("meanSquaredError", options);
  const names = { owner: "meanSquaredError", option: "prediction", prediction, target };
  return {
    settings: { name: "meanSquaredError", prediction, target },
    addTo: (model) =>
      elementwiseLoss(model, {
        ...names,
        each({ builder }) {
          const error = builder.op("Sub", [prediction, target]);
          return builder.op("Mul", [error, error]);
        },
      }),
  };
}
