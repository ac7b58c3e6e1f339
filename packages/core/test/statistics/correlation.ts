/**
 * z of the correlation of two 0/1 fields at rate `1 - keep`, of `a[i]` with `b[i + lag]`. The terms
 * (a - keep)(b - keep) / (keep (1 - keep)) have mean 0, variance 1 and, also where a is b, no
 * correlation with each other: a sum of n has variance n exactly.
 */
export function correlationZ(
  a: Uint8Array,
  b: Uint8Array,
  { keep, lag = 0 }: { readonly keep: number; readonly lag?: number },
): number {
  const n = a.length - lag;
  let [countA, countB, both] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    countA += a[i];
    countB += b[i + lag];
    both += a[i] & b[i + lag];
  }
  const sum = both - keep * (countA + countB) + n * keep * keep;
  return sum / (keep * (1 - keep) * Math.sqrt(n));
}

/**
 * The largest |z| of any two of some fields of fair bits: two independent ones agree in half their
 * entries. Bits are compared 32 at a time; lengths are multiples of 32.
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
  const words = new Int32Array(bits.length / 32);
  for (let i = 0; i < bits.length; i++) words[i >> 5] |= bits[i] << (i & 31);
  return words;
}

function differingBits(a: Int32Array, b: Int32Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    let word = a[i] ^ b[i];
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}
