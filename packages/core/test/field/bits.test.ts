import { expect, test } from "vitest";
import { drawMask } from "../../src/field/drawMask.js";
import { drawNormal } from "../../src/field/drawNormal.js";
import { drawUniform } from "../../src/field/drawUniform.js";

const ENTRIES = 2 ** 22;
const key = { seed: 7, site: "bits", step: 3, shape: [ENTRIES] };

/** 32-bit FNV-1a over words. */
function hashOf(words: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return hash >>> 0;
}

const draws: Readonly<
  Record<string, readonly [() => { readonly buffer: ArrayBufferLike }, number]>
> = {
  // So many normals that the last term of each series decides the rounding of some.
  normals: [() => drawNormal(key), 4176394203],
  uniforms: [() => drawUniform(key), 3663378944],
  masks: [() => drawMask({ ...key, rate: 0.3 }), 1877247653],
};

test.each(Object.entries(draws))(
  "%s: 4,194,304 of them are these, bit by bit",
  (_, [draw, hash]) => {
    expect(hashOf(new Uint32Array(draw().buffer))).toBe(hash);
  },
);
