import { checkName, siteHash } from "./site.js";

/** What a field is a function of, beside its shape and rate. */
export interface NoiseKey {
  /** Integer in [0, 2^32). */
  readonly seed: number;
  /** Name of the place in the model that draws; fields of different sites are independent. */
  readonly site: string;
  /** Integer in [0, 2^32); fields of different steps are independent. */
  readonly step: number;
}

const WORDS = 2 ** 32;

/** @throws {RangeError} If `value` is no integer in [0, 2^32). */
export function checkWord(owner: string, name: string, value: number): number {
  if (!(Number.isInteger(value) && value >= 0 && value < WORDS)) {
    throw new RangeError(`${owner}: ${name} must be an integer in [0, 2^32), got ${value}`);
  }
  return value;
}

/** The generator's key and counter for a field. */
export interface KeyWords {
  readonly key0: number;
  readonly key1: number;
  readonly step: number;
}

/** @throws {RangeError} If seed or step is no integer in [0, 2^32), or the site is not well-formed. */
export function keyWords(owner: string, { seed, site, step }: NoiseKey): KeyWords {
  return {
    key0: checkWord(owner, "seed", seed),
    key1: siteHash(checkName(owner, "site", site)),
    step: checkWord(owner, "step", step),
  };
}
