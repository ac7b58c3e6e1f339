/** What GLSL ES 3.00 and WGSL spell differently in otherwise equal statements. */
export interface Dialect {
  /** Declares a 32-bit unsigned integer that is given a value. */
  readonly uint: string;
  /** Declares a float that is given a value. */
  readonly float: string;
  /** Converts an integer to a float. */
  readonly toFloat: string;
  /** The bits of a float as an integer, and back. */
  readonly toBits: string;
  readonly fromBits: string;
}

/**
 * Statements that return entry `i` of a field as a float: 1 kept and 0 dropped, a uniform, or a
 * standard normal. They read `key` (the generator's two words, the first block, the step) and `threshold`.
 */
export function noiseSource(draw: "bernoulli" | "uniform" | "normal", dialect: Dialect): string {
  return threefry(draw === "bernoulli" ? 8 : 7, dialect) + readers[draw](dialect);
}

/** The two words of the block that entry `i` reads: x0 and x1. */
function threefry(tileBits: number, { uint }: Dialect): string {
  const rounds = Array.from({ length: 20 }, (_, round) => {
    const turn = [13, 15, 26, 6, 17, 29, 16, 24][round % 8];
    const mix = `x0 += x1; x1 = ((x1 << ${turn}u) | (x1 >> ${32 - turn}u)) ^ x0;`;
    if (round % 4 < 3) return mix;
    const group = (round + 1) / 4;
    return `${mix} x0 += k${group % 3}; x1 += k${(group + 1) % 3} + ${group}u;`;
  });
  return `
    ${uint} k0 = key.x;
    ${uint} k1 = key.y;
    ${uint} k2 = k0 ^ k1 ^ 0x1BD11BDAu;
    ${uint} x0 = (i >> ${tileBits}u) * 64u + (i & 63u) + key.z + k0;
    ${uint} x1 = key.w + k1;
    ${rounds.join("\n")}`;
}

const readers = {
  bernoulli: () => `
    if ((i & 128u) != 0u) { x0 = x1; }
    if (((x0 >> ((i & 64u) >> 2u)) & 0xFFFFu) < threshold) { return 0.0; }
    return 1.0;`,

  uniform: ({ toFloat }: Dialect) => `
    if ((i & 64u) != 0u) { x0 = x1; }
    return (${toFloat}(x0 >> 9u) + 0.5) * ${2 ** -23};`,

  /*
   * Core's Box-Muller in float32, with nothing of the hardware's but a division and a root: its logarithm
   * has an absolute error, which the root of a small logarithm magnifies, and its cosines are coarse.
   * ln u = e ln 2 + 2 artanh(s), s = (m - 1) / (m + 1), m in [sqrt(1/2), sqrt(2)): m - 1 is exact, and the
   * series leaves out s^10 / 11 < 2^-28. Where e < 0 the sum cancels half at most. With division and root of
   * 2.5 and 3 units in the last place (Vulkan's bounds), -2 ln u is within 2^-20 of its size, r within 2^-20.
   * The angle is reduced exactly, to |a| <= pi / 4; the series leave out less than 2^-24, so that each trigonometric
   * factor is within 2^-21 of its size, and z within 2^-19 |z|.
   */
  normal: ({ uint, float, toFloat, toBits, fromBits }: Dialect) => `
    ${uint} bits = ${toBits}(${toFloat}((x0 >> 9u) * 2u + 1u));
    ${float} e = ${toFloat}(bits >> 23u) - 151.0;
    ${float} m = ${fromBits}((bits & 0x7FFFFFu) | 0x3F800000u);
    if (m > ${Math.SQRT2}) { m *= 0.5; e += 1.0; }
    ${float} s = (m - 1.0) / (m + 1.0);
    ${float} t = s * s;
    ${float} r = sqrt(-2.0 * (e * ${Math.LN2} + 2.0 * s *
      (1.0 + t * (${1 / 3} + t * (0.2 + t * (${1 / 7} + t * ${1 / 9}))))));
    ${uint} turn = (x1 >> 9u) * 2u + 1u;
    ${uint} quarters = (turn + 0x200000u) >> 22u;
    ${float} a = (${toFloat}(turn) - ${toFloat}(quarters) * 4194304.0) * ${Math.PI / 2 ** 23};
    t = a * a;
    if ((i & 64u) != 0u) { quarters += 3u; }
    if ((quarters & 1u) == 0u) {
      r *= 1.0 - t * (0.5 - t * (${1 / 24} - t * (${1 / 720} - t * ${1 / 40320})));
    } else {
      r *= a * (1.0 - t * (${1 / 6} - t * (${1 / 120} - t * (${1 / 5040} - t * ${1 / 362880}))));
    }
    if (((quarters + 1u) & 2u) != 0u) { return -r; }
    return r;`,
};
