const SQRT_HALF = Math.SQRT1_2;
const QUARTER_TURN = 2 ** 22;
const RADIANS = (2 * Math.PI) / 2 ** 24;

/**
 * Turns pairs of generator words into pairs of standard normals: `cosines[i]` is r cos a,
 * `sines[i]` is r sin a, with r = sqrt(-2 ln u(words0[i])) and a = 2 pi u(words1[i]).
 *
 * It takes nothing from Math but a root, which is correctly rounded everywhere: logarithms and cosines
 * of engines differ in their last bits, and the bits of a normal must not. The relative error before rounding
 * to float32 is below 2^-36: the series for sine and cosine leave out (pi/4)^12 / 13! < 2^-36.6 and less,
 * at angles that are reduced exactly, and ln u is exact to 2^-38 (see `logUniform`), which the root halves.
 * @see Box and Muller 1958, "A Note on the Generation of Random Normal Deviates", Annals of
 * Mathematical Statistics 29.
 */
export function boxMuller(
  words0: Uint32Array,
  words1: Uint32Array,
  cosines: Float32Array,
  sines: Float32Array,
): void {
  for (let i = 0; i < words0.length; i++) {
    const r = Math.sqrt(-2 * logUniform(2 * (words0[i] >>> 9) + 1));
    const turn = 2 * (words1[i] >>> 9) + 1;
    const quarters = (turn + QUARTER_TURN / 2) >>> 22;
    const a = (turn - quarters * QUARTER_TURN) * RADIANS;
    const cos = r * cosine(a * a);
    const sin = r * a * sinePerRadian(a * a);
    const odd = (quarters & 1) === 1;
    const re = odd ? sin : cos;
    const im = odd ? cos : sin;
    cosines[i] = ((quarters + 1) & 2) === 0 ? re : -re;
    sines[i] = (quarters & 2) === 0 ? im : -im;
  }
}

/**
 * ln(k 2^-24), for an integer k in [1, 2^24). With k 2^-24 = m 2^e and m in [sqrt(1/2), sqrt(2)), ln m
 * is 2 artanh(s) of s = (m - 1) / (m + 1), whose square is at most 0.0295: the series' next term is
 * below 0.0295^7 / 15 < 2^-39 of it. Towards u = 1, e is 0 and m - 1 exact, so nothing cancels there.
 */
function logUniform(k: number): number {
  const shift = Math.clz32(k) - 8;
  const half = (k << shift) * 2 ** -24;
  const below = half < SQRT_HALF;
  const m = below ? 2 * half : half;
  const e = below ? -shift - 1 : -shift;
  const s = (m - 1) / (m + 1);
  const t = s * s;
  const series =
    1 + t * (1 / 3 + t * (1 / 5 + t * (1 / 7 + t * (1 / 9 + t * (1 / 11 + t * (1 / 13))))));
  return e * Math.LN2 + 2 * s * series;
}

/** cos a by a^2, for |a| <= pi / 4. */
function cosine(t: number): number {
  return (
    1 +
    t *
      (-1 / 2 +
        t * (1 / 24 + t * (-1 / 720 + t * (1 / 40320 + t * (-1 / 3628800 + t * (1 / 479001600))))))
  );
}

/** sin(a) / a by a^2, for |a| <= pi / 4. */
function sinePerRadian(t: number): number {
  return (
    1 + t * (-1 / 6 + t * (1 / 120 + t * (-1 / 5040 + t * (1 / 362880 + t * (-1 / 39916800)))))
  );
}
