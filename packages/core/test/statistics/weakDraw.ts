import { siteHash } from "../../src/adapter.js";
import type { Draw, Origin } from "./draw.js";

/** How a generator to be caught differs from the contract; each default is the contract's. */
interface Weakness {
  /** Rounds of Threefry, of the contract's 20. */
  readonly rounds?: number;
  /** The two words of a field's key. */
  readonly key?: (origin: Origin) => readonly [number, number];
  /** The two words of a block's counter. */
  readonly counter?: (origin: Origin, block: number) => readonly [number, number];
  /** Draw 0, 1, 2 or 3 of a block, from its words. */
  readonly draw?: (word0: number, word1: number, index: number) => number;
}

/** Fields in the contract's entry order by a generator that is deliberately not the contract's. */
export function weakDraw({
  rounds = 20,
  key = ({ seed, site }) => [seed, siteHash(site)],
  counter = ({ step }, block) => [block, step],
  draw = contractDraw,
}: Weakness): Draw {
  return (origin, threshold, entries) => {
    const [key0, key1] = key(origin);
    const kept = new Uint8Array(entries);
    for (let block = 0; block < entries / 4; block++) {
      const [word0, word1] = threefry(rounds, key0, key1, ...counter(origin, block));
      const first = (block >> 6) * 256 + (block & 63);
      for (let i = 0; i < 4; i++) {
        kept[first + i * 64] = draw(word0, word1, i) >= threshold ? 1 : 0;
      }
    }
    return kept;
  };
}

/** Draw 0, 1, 2 or 3 of a block, as the contract has it. */
export function contractDraw(word0: number, word1: number, index: number): number {
  const word = index < 2 ? word0 : word1;
  return index % 2 === 0 ? word & 0xffff : word >>> 16;
}

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];

/** Threefry2x32 with any number of rounds, plain and slow. */
function threefry(
  rounds: number,
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
): [number, number] {
  const keys = [key0, key1, key0 ^ key1 ^ 0x1bd11bda];
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let round = 0; round < rounds; round++) {
    const turn = rotations[round % 8];
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << turn) | (x1 >>> (32 - turn))) ^ x0;
    if (round % 4 === 3) {
      const group = (round + 1) / 4;
      x0 = (x0 + keys[group % 3]) | 0;
      x1 = (x1 + keys[(group + 1) % 3] + group) | 0;
    }
  }
  return [x0 >>> 0, x1 >>> 0];
}
