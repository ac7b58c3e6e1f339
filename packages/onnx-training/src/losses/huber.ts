import { checkOptions, checkPositive } from "@dropoutkit/core/adapter";
import { clip } from "@dropoutkit/onnx/graph";
import { elementwiseLoss } from "./elementwiseLoss.js";
import type { Loss } from "./Loss.js";
import type { RegressionOptions } from "./RegressionOptions.js";

export interface HuberOptions extends RegressionOptions {
  /** The error from which the loss grows linearly, > 0. Default: 1. */
  readonly delta?: number;
}

/**
 * The mean over all entries of error² / 2 where |error| <= delta, else delta (|error| - delta / 2). With c,
 * the error held in [-delta, delta], both are c (error - c / 2).
 * @throws {RangeError} If `delta` is not a finite number > 0.
 * @see Huber 1964, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 35.
 */
export function huber(options: HuberOptions): Loss {
  const { prediction, target = "target", delta = 1 } = checkOptions("huber", options);
  checkPositive("huber", "delta", delta);
  const names = { owner: "huber", option: "prediction", prediction, target };
  return {
    settings: { name: "huber", prediction, target, delta },
    addTo: (model) =>
      elementwiseLoss(model, {
        ...names,
        each(compared) {
          const { builder } = compared;
          const error = builder.op("Sub", [prediction, target]);
          const held = clip(compared, { tensor: error, min: -delta, max: delta });
          const half = builder.op("Mul", [held, builder.scalar("float32", 0.5)]);
          return builder.op("Mul", [held, builder.op("Sub", [error, half])]);
        },
      }),
  };
}
