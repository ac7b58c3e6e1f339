import { keyWords } from "./noiseKey.js";
import { checkName } from "./site.js";
import { threefry2x32 } from "./threefry.js";

/**
 * A seed for an independent stream: a worker, a Monte Carlo pass, a data shuffle.
 * Never add to a seed by hand: `seed + 1` is somebody else's seed.
 * @returns An integer in [0, 2^32), a pure function of seed and label.
 * @throws {RangeError} If `seed` is no integer in [0, 2^32), or `label` has half of a surrogate pair.
 */
export function derive(seed: number, label: string): number {
  const { key0, key1 } = keyWords("derive", {
    seed,
    site: checkName("derive", "label", label),
    step: 0,
  });
  const word0 = new Uint32Array(1);
  threefry2x32(key0, key1, 0, 0, word0, new Uint32Array(1));
  return word0[0];
}
