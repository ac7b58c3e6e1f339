import { drawUniform } from "@dropoutkit/core/adapter";
import fc from "fast-check";
import type { Derived, NodeCase } from "./nodeCase.js";

/** Where the entries of an input lie, and where the operator has kinks, from which they stay 3/16 away. */
export interface Domain {
  readonly from?: number;
  readonly to?: number;
  readonly kinks?: readonly number[];
}

/** Farther than two steps of a difference in float32. */
const MARGIN = 3 / 16;

/** Entries of an input, float32 numbers drawn by a seed. */
export function valuesIn(
  seed: number,
  dims: readonly number[],
  { from = -2, to = 2, kinks = [] }: Domain = {},
): number[] {
  const uniforms = drawUniform({ seed, site: "values", step: 0, shape: dims });
  return Array.from(uniforms, (u) => {
    const value = from + (to - from) * u;
    const kink = kinks.find((at) => Math.abs(value - at) < MARGIN);
    if (kink === undefined) return Math.fround(value);
    return Math.fround(kink + (value < kink ? -MARGIN : MARGIN));
  });
}

/** Entries no two of which are nearer than 1/2, over several inputs. */
export function distinctValues(seed: number, sizes: readonly number[]): number[][] {
  const count = sizes.reduce((sum, size) => sum + size, 0);
  const keys = drawUniform({ seed, site: "order", step: 0, shape: [count] });
  const order = Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b]);
  const values = order.map((place) => (place - count / 2) / 2);
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return values.slice(start - size, start);
  });
}

/** Random cases of an operator at a version. */
export type Cases = (opset: number) => fc.Arbitrary<NodeCase>;

export const seeds: fc.Arbitrary<number> = fc.nat(2 ** 31);

/** A size: 1 to 3, now and then 0. */
export const sizes: fc.Arbitrary<number> = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(0) },
);

/** Sizes of a tensor of a rank up to 3. */
export const shapes = (minLength = 0): fc.Arbitrary<number[]> =>
  fc.array(sizes, { minLength, maxLength: 3 });

/** A shape that broadcasts to another: axes are left out at the front or have size 1. */
export const broadcastsOf = (full: readonly number[]): fc.Arbitrary<number[]> =>
  fc
    .record({
      lead: fc.nat(full.length),
      ones: fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }),
    })
    .map(({ lead, ones }) => full.map((size, axis) => (ones[axis] ? 1 : size)).slice(lead));

/** Shapes that broadcast together. */
export const broadcasts = (count: number): fc.Arbitrary<number[][]> =>
  shapes().chain((full) => fc.tuple(...Array.from({ length: count }, () => broadcastsOf(full))));

export const derived = (seed: number, dims: readonly number[], domain?: Domain): Derived => ({
  dims,
  values: valuesIn(seed, dims, domain),
});

/** Whether sizes are named. Where they may be broadcast, only opset 13 and later can tell at the run. */
export const namedAt = (opset: number): fc.Arbitrary<boolean> =>
  opset >= 13 ? fc.boolean() : fc.constant(false);

/** A tensor of any shape. */
export function oneInput(
  domain: Domain = {},
  attributes: fc.Arbitrary<NodeCase["attributes"]> = fc.constant(undefined),
): Cases {
  return () =>
    fc
      .record({ dims: shapes(), seed: seeds, named: fc.boolean(), attributes })
      .map(({ dims, seed, ...rest }) => ({ ...rest, inputs: [derived(seed, dims, domain)] }));
}

/** Tensors that broadcast, each in its own domain. */
export const broadcastInputs =
  (...domains: readonly Domain[]): Cases =>
  (opset) =>
    fc
      .record({ dims: broadcasts(domains.length), seed: seeds, named: namedAt(opset) })
      .map(({ dims, seed, named }) => ({
        named,
        inputs: dims.map((sizes, i) => derived(seed + i, sizes, domains[i])),
      }));
