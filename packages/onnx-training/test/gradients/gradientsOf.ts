import { numbersOf, openModel } from "../runtime/runModel.js";
import { backwardModel, feedsOf, floats, type Setting } from "./caseModels.js";
import type { NodeCase } from "./nodeCase.js";

/** The gradients by all inputs of a node with one output of which the gradient is given; for points where differences say nothing. */
export async function gradientsOf(
  setting: Setting,
  node: NodeCase,
  dy: { readonly dims: readonly number[]; readonly values: readonly number[] },
): Promise<number[][]> {
  const run = await openModel(backwardModel(setting, node, [dy.dims]));
  const results = await run({ ...feedsOf(setting, node), dy0: floats(setting.type, dy) });
  return node.inputs.flatMap((_, i) => {
    const gradient = results[`x${i}.grad`];
    return gradient === undefined ? [] : [numbersOf(gradient)];
  });
}
