import { elementwiseLoss } from "./elementwiseLoss.js";
import type { Loss } from "./Loss.js";
import type { RegressionOptions } from "./RegressionOptions.js";

/** The mean over all entries of (prediction - target)². */
export function meanSquaredError({ prediction, target = "target" }: RegressionOptions): Loss {
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
