import fc from "fast-check";

/** Sizes of a tensor; 1 and equal sizes are likely. */
export const shapes = (minLength: number, maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.constantFrom(1, 2, 3, 4, 5), { minLength, maxLength });

export const opsets = (from: number, to = 22): fc.Arbitrary<number> =>
  fc.integer({ min: from, max: to });

/** An axis of a tensor of a rank, counted from either end. */
export const axis = (rank: number): fc.Arbitrary<number> =>
  fc.integer({ min: -rank, max: rank - 1 });

/** Some axes, each once, counted from either end. */
export const axes = (rank: number, minLength = 0): fc.Arbitrary<number[]> =>
  fc
    .tuple(
      fc.subarray(
        Array.from({ length: rank }, (_, i) => i),
        { minLength },
      ),
      fc.boolean(),
    )
    .map(([some, isBack]) => (isBack ? some.map((one) => one - rank) : some));

/** Sizes that broadcast with `full`: its trailing ones, some of them 1. */
export const broadcastable = (full: readonly number[]): fc.Arbitrary<number[]> =>
  fc
    .tuple(
      fc.integer({ min: 0, max: full.length }),
      fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }),
    )
    .map(([skip, ones]) => full.slice(skip).map((dim, i) => (ones[i] ? 1 : dim)));
