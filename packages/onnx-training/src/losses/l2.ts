import { checkNotNegative, checkOptions } from "@dropoutkit/core/adapter";
import { constantTensors, GraphBuilder, tensorTypeOf } from "@dropoutkit/onnx/graph";
import { addUp } from "../backward/addUp.js";
import { chooseNames, textOf, type WhichWeights } from "../parameters/chooseNames.js";
import type { Penalty } from "./Loss.js";

export interface L2Options {
  /** Of the sum of squares, >= 0. */
  readonly factor: number;
  /** The weights that are kept small. */
  readonly weights: WhichWeights;
}

/**
 * `factor` times the sum of the squares of all entries of some weights.
 * @throws {RangeError} If `factor` is not a finite number >= 0.
 */
export function l2(options: L2Options): Penalty {
  const { factor, weights: which } = checkOptions("l2", options);
  checkNotNegative("l2", "factor", factor);
  return {
    settings: { name: "l2", factor, weights: textOf(which) },
    addTo(model) {
      const { graph } = model;
      const names = constantTensors(graph)
        .filter(({ dataType, dims }) => tensorTypeOf(dataType) === "float32" && dims.length > 0)
        .map(({ name }) => name);
      const chosen = chooseNames({ owner: "l2", option: "weights", which, names });
      const builder = new GraphBuilder("l2", graph);
      const squares = chosen.map((name) =>
        builder.op("ReduceSumSquare", [name], { attributes: { keepdims: 0 } }),
      );
      const penalty = builder.op("Mul", [
        addUp(builder, squares),
        builder.scalar("float32", factor),
      ]);
      builder.addTo(model);
      return penalty;
    },
  };
}
