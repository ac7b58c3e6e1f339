import type { Part } from "../seam/seam.js";

/** In every browser and Node, but not in the ES2022 types. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/**
 * UTF-8 has no half of a surrogate pair: encoders write U+FFFD for each, so different names would be one.
 * @throws {RangeError} If a name holds a surrogate that is not in a pair.
 */
export function checkName(owner: string, name: string, value: string): string {
  if (/\p{Surrogate}/u.test(value)) {
    throw new RangeError(
      `${owner}: ${name} must have its surrogates in pairs, got ${JSON.stringify(value)}`,
    );
  }
  return value;
}

/**
 * 32-bit FNV-1a over the name's UTF-8 bytes: what a site is in the generator's key.
 * @throws {RangeError} If the name holds a surrogate that is not in a pair.
 * @see Fowler, Noll and Vo, "The FNV Non-Cryptographic Hash Algorithm", IETF draft-eastlake-fnv.
 */
export function siteHash(name: string): number {
  let hash = 0x811c9dc5;
  checkName("siteHash", "name", name);
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The site that a part of a variant draws at: `<site>/<place>`, and `/<gate>` where it serves one. */
export function partSite(site: string, part: Part): string {
  return part.gate === undefined ? `${site}/${part.at}` : `${site}/${part.at}/${part.gate}`;
}
