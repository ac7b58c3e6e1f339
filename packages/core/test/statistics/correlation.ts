/**
 * For each lag, z of the correlation of `a[i]` with `b[i + lag]`, two 0/1 fields of one length at rate
 * `1 - keep`. The terms (a - keep)(b - keep) / (keep (1 - keep)) have mean 0, variance 1 and, also
 * where a is b, no correlation with each other: a sum of n has variance n exactly.
 */
export function correlationZs(
  a: Uint8Array,
  b: Uint8Array,
  { keep, lags }: { readonly keep: number; readonly lags: readonly number[] },
): number[] {
  const [wordsA, wordsB] = [packBits(a), packBits(b)];
  return lags.map((lag) => {
    // A sum takes whole words, and leaves out up to 31 terms at the end.
    const words = Math.floor((a.length - lag) / 32);
    let [counts, both] = [0, 0];
    for (let i = 0; i < words; i++) {
      const bitsB = bitsAt(wordsB, 32 * i + lag);
      counts += countBits(wordsA[i]) + countBits(bitsB);
      both += countBits(wordsA[i] & bitsB);
    }
    const n = 32 * words;
    const sum = both - keep * counts + n * keep * keep;
    return sum / (keep * (1 - keep) * Math.sqrt(n));
  });
}

/**
 * The largest |z| of any two of some fields of fair bits, whose length is one multiple of 32: two
 * independent ones differ in half their entries.
 */
export function worstPairZ(fields: readonly Uint8Array[]): number {
  const packed = fields.map(packBits);
  let worst = 0;
  for (let i = 0; i < packed.length; i++) {
    for (let j = 0; j < i; j++) {
      const n = fields[i].length;
      const z = (differingBits(packed[i], packed[j]) - n / 2) / Math.sqrt(n / 4);
      worst = Math.max(worst, Math.abs(z));
    }
  }
  return worst;
}

function packBits(bits: Uint8Array): Int32Array {
  const words = new Int32Array(Math.ceil(bits.length / 32));
  for (let i = 0; i < bits.length; i++) words[i >> 5] |= bits[i] << (i & 31);
  return words;
}

/** 32 bits from any position on. */
function bitsAt(words: Int32Array, position: number): number {
  const [word, shift] = [position >> 5, position & 31];
  return shift === 0 ? words[word] : (words[word] >>> shift) | (words[word + 1] << (32 - shift));
}

function differingBits(a: Int32Array, b: Int32Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) count += countBits(a[i] ^ b[i]);
  return count;
}

function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
