import fc from "fast-check";
import { type Cases, derived, seeds } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import type { NodeInput } from "./nodeCase.js";

const table = (dims: readonly number[], of: (angle: number) => number): NodeInput => {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return {
    feed: { type: "float32", data: Float32Array.from({ length: size }, (_, i) => of(i)), dims },
  };
};

const rotated: Cases = () =>
  fc
    .record({
      batch: fc.integer({ min: 1, max: 2 }),
      heads: fc.integer({ min: 1, max: 2 }),
      length: fc.integer({ min: 1, max: 3 }),
      half: fc.integer({ min: 1, max: 2 }),
      isPartial: fc.boolean(),
      isJoined: fc.boolean(),
      hasPositions: fc.boolean(),
      interleaved: fc.nat(1),
      seed: seeds,
    })
    .map(({ batch, heads, length, half, isPartial, isJoined, hasPositions, ...rest }) => {
      const size = isPartial ? 4 * half : 2 * half;
      const dims = isJoined ? [batch, length, heads * size] : [batch, heads, length, size];
      const angles = hasPositions ? [5, half] : [batch, length, half];
      const tables = [table(angles, Math.cos), table(angles, Math.sin)];
      const places = BigInt64Array.from({ length: batch * length }, (_, i) =>
        BigInt((3 * i + 1) % 5),
      );
      const positions = { feed: { type: "int64", data: places, dims: [batch, length] } } as const;
      return {
        attributes: {
          interleaved: rest.interleaved,
          ...(isJoined && { num_heads: heads }),
          ...(isPartial && { rotary_embedding_dim: 2 * half }),
        },
        inputs: [derived(rest.seed, dims), ...tables, ...(hasPositions ? [positions] : [])],
      };
    });

gradientLaw("RotaryEmbedding", { opsets: [23, 24], type: "float32", runs: 30, cases: rotated });
