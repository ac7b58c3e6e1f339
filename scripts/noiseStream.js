// @ts-check

import { drawUniform } from "../packages/core/dist/adapter.js";
import { drawMask } from "../packages/core/dist/index.js";
import { keyWords } from "../packages/core/dist/key/noiseKey.js";
import { threefry2x32 } from "../packages/core/dist/key/threefry.js";

/**
 * How fields become a stream: every step draws at each site in turn, one field of `tiles` tiles of 64
 * blocks; of each tile, all 512 bytes in the order in which entries read them.
 * @typedef {{ draw: "bernoulli" | "uniform", sites: number, tiles: number }} StreamOptions
 */

const TILE_BLOCKS = 64;
const TILE_BYTES = 8 * TILE_BLOCKS;
const CHUNK_BYTES = 2 ** 20;
const seed = 20_240_229;

/**
 * Noise without end, in chunks of 1 MiB, from step `step` on.
 * @param {StreamOptions} options
 * @param {{ step: number }} cursor Counted on while chunks are taken, so that a next stream goes on from there.
 * @returns {Generator<Uint8Array, never>}
 */
export function* noiseStream({ draw, sites, tiles }, cursor) {
  const fill = draw === "bernoulli" ? fillDraws : fillWords;
  const words0 = new Uint32Array(tiles * TILE_BLOCKS);
  const words1 = new Uint32Array(tiles * TILE_BLOCKS);
  const fieldsPerChunk = CHUNK_BYTES / (tiles * TILE_BYTES);
  let site = 0;
  for (;;) {
    const chunk = new ArrayBuffer(CHUNK_BYTES);
    for (let field = 0; field < fieldsPerChunk; field++) {
      const { key0, key1, step } = keyWords("noiseStream", originOf(site, cursor.step));
      threefry2x32(key0, key1, 0, step, words0, words1);
      fill(chunk, field * tiles, words0, words1);
      site = (site + 1) % sites;
      if (site === 0) cursor.step += 1;
    }
    yield new Uint8Array(chunk);
  }
}

/**
 * Makes sure that a stream is what core's public functions draw: its first fields against
 * `drawMask` at three thresholds, or `drawUniform`.
 * @param {StreamOptions} options
 * @throws {Error} If it is not.
 */
export function checkStream(options) {
  const { draw, sites, tiles } = options;
  const { value: bytes } = noiseStream(options, { step: 0 }).next();
  const fields = CHUNK_BYTES / (tiles * TILE_BYTES);
  for (let i = 0; i < fields; i++) {
    const start = i * tiles * TILE_BYTES;
    const field = bytes.slice(start, start + tiles * TILE_BYTES).buffer;
    const origin = originOf(i % sites, Math.floor(i / sites));
    const agrees = draw === "bernoulli" ? agreesWithMasks : agreesWithUniforms;
    if (!agrees(field, origin)) {
      throw new Error(`checkStream: must be what core draws, got another field at ${origin.site}`);
    }
  }
}

/**
 * @param {number} site
 * @param {number} step
 */
function originOf(site, step) {
  return { seed, site: `dense_${site}/activation`, step };
}

/** @typedef {ReturnType<typeof originOf>} Origin */

/**
 * A Bernoulli field's 16-bit draws, entry by entry (docs/mask-contract.md, section 3).
 * @param {ArrayBuffer} chunk
 * @param {number} firstTile
 * @param {Uint32Array} words0
 * @param {Uint32Array} words1
 */
function fillDraws(chunk, firstTile, words0, words1) {
  const draws = new Uint16Array(chunk, firstTile * TILE_BYTES);
  for (let block = 0; block < words0.length; block++) {
    const entry = (block >> 6) * 256 + (block & 63);
    draws[entry] = words0[block] & 0xffff;
    draws[entry + 64] = words0[block] >>> 16;
    draws[entry + 128] = words1[block] & 0xffff;
    draws[entry + 192] = words1[block] >>> 16;
  }
}

/**
 * A uniform field's 32-bit words, entry by entry (docs/mask-contract.md, section 4).
 * @param {ArrayBuffer} chunk
 * @param {number} firstTile
 * @param {Uint32Array} words0
 * @param {Uint32Array} words1
 */
function fillWords(chunk, firstTile, words0, words1) {
  const words = new Uint32Array(chunk, firstTile * TILE_BYTES);
  for (let block = 0; block < words0.length; block++) {
    const entry = (block >> 6) * 128 + (block & 63);
    words[entry] = words0[block];
    words[entry + 64] = words1[block];
  }
}

/**
 * @param {ArrayBuffer} field
 * @param {Origin} origin
 */
function agreesWithMasks(field, origin) {
  const draws = new Uint16Array(field);
  return [655, 19661, 32768].every((threshold) => {
    const mask = drawMask({ ...origin, shape: [draws.length], rate: threshold / 65536 });
    return draws.every((draw, i) => mask[i] === (draw >= threshold ? 1 : 0));
  });
}

/**
 * @param {ArrayBuffer} field
 * @param {Origin} origin
 */
function agreesWithUniforms(field, origin) {
  const words = new Uint32Array(field);
  const uniforms = drawUniform({ ...origin, shape: [words.length] });
  return words.every((word, i) => uniforms[i] === ((word >>> 9) + 0.5) * 2 ** -23);
}
