import {
  drawField,
  evaluate,
  type NoiseKey,
  type Part,
  partSite,
  rateScalars,
  reads,
  type Shape,
} from "../../src/adapter.js";
import { type Arr, array, arrays, type Leaves, scalar } from "./arrays.js";

export interface RunOptions extends NoiseKey {
  readonly training: boolean;
  readonly batch?: number;
  readonly timestep?: number;
}

/** Executes one part on what stands at its place. It asks for the formula and the field, never for a name. */
export function runPart(part: Part, target: Shape, leaves: Leaves, options: RunOptions): Arr {
  const expr = options.training ? part.train : part.infer;
  const { rate } = part.field;
  const scalars = rate === undefined ? undefined : rateScalars(rate);
  const drawn = reads(expr, "field")
    ? drawField(part.field, { ...options, target, site: partSite(options.site, part) })
    : undefined;
  return evaluate(
    expr,
    arrays({
      ...leaves,
      ...(drawn && { field: array(drawn.shape, drawn.data) }),
      ...(scalars && {
        rate: scalar(scalars.rate),
        keep: scalar(scalars.keep),
        gain: scalar(drawn?.gain ?? scalars.gain),
      }),
    }),
  );
}
