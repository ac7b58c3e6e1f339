import {
  drawMask,
  drawUniform,
  dropThreshold,
  evaluate,
  type Field,
  fieldShape,
  type NoiseKey,
  type Part,
  partSite,
  rateScalars,
  reads,
  type Shape,
  sizeOf,
} from "../../src/index.js";
import { type Arr, array, arrays, type Leaves, scalar } from "./arrays.js";

export interface RunOptions extends NoiseKey {
  readonly training: boolean;
  readonly batch?: number;
  readonly timestep?: number;
}

/** Executes one part on what stands at its place. It asks for draw, grow and place, never for a name. */
export function runPart(part: Part, target: Shape, leaves: Leaves, options: RunOptions): Arr {
  const expr = options.training ? part.train : part.infer;
  const { rate } = part.field;
  const scalars = rate === undefined ? undefined : rateScalars(rate);
  const drawn = reads(expr, "field")
    ? drawField(part.field, target, { ...options, site: partSite(options.site, part) })
    : undefined;
  const kept = drawn?.data.reduce((sum, bit) => sum + bit, 0);
  const grownGain = part.field.grow && drawn && (kept ? drawn.data.length / kept : 0);
  return evaluate(
    expr,
    arrays({
      ...leaves,
      ...(drawn && { field: drawn }),
      ...(scalars && {
        rate: scalar(scalars.rate),
        keep: scalar(scalars.keep),
        gain: scalar(grownGain ?? scalars.gain),
      }),
    }),
  );
}

export function drawField(field: Field, target: Shape, options: RunOptions): Arr {
  const shape = fieldShape(field, target, options.batch);
  if (field.draw === "uniform") return array(shape, drawUniform({ ...options, shape }));
  if (field.draw === "normal") return normals(shape, options);
  const rate = field.rate ?? Number.NaN;
  if (field.grow === undefined) return array(shape, drawMask({ ...options, shape, rate }));
  return grown(field.grow, shape, rate, options);
}

/** Box-Muller over two uniform fields: normals of the right law, not the contract's bits. */
export function normals(shape: Shape, options: NoiseKey): Arr {
  const radius = drawUniform({ ...options, shape, site: `${options.site}/radius` });
  const angle = drawUniform({ ...options, shape, site: `${options.site}/angle` });
  return array(
    shape,
    radius.map((u, i) => Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * angle[i])),
  );
}

/** The seeds' rate of docs/mask-contract.md, section 5. */
export function seedRate(rate: number, size: number, sizes: Shape): number {
  if (rate === 1) return 1;
  return sizes.reduce((gamma, n) => (gamma * n) / (size * (n - size + 1)), rate);
}

/** A block mask, entry by entry: dropped where one of the seeds that reach it is dropped. */
function grown(
  { size, axes }: NonNullable<Field["grow"]>,
  shape: Shape,
  rate: number,
  options: NoiseKey,
): Arr {
  const [from, to] = axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
  const inside = (axis: number): boolean => axis >= from && axis <= to;
  const seedShape = shape.map((n, axis) => (inside(axis) ? n - size + 1 : n));
  const gamma = seedRate(rate, size, shape.slice(from, to + 1));
  const seeds = drawMask({ ...options, shape: seedShape, rate: gamma });
  const data = new Float64Array(sizeOf(shape)).fill(1);
  const stamp = (axis: number, seed: number, at: number): void => {
    if (axis === shape.length) {
      if (seeds[seed] === 0) data[at] = 0;
      return;
    }
    for (let i = 0; i < shape[axis]; i++) {
      const low = inside(axis) ? Math.max(0, i - size + 1) : i;
      const high = inside(axis) ? Math.min(seedShape[axis] - 1, i) : i;
      for (let s = low; s <= high; s++) {
        stamp(axis + 1, seed * seedShape[axis] + s, at * shape[axis] + i);
      }
    }
  };
  if (dropThreshold(gamma) > 0) stamp(0, 0, 0);
  return { shape, data };
}
