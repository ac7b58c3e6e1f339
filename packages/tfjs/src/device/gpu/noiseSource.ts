import type { FieldPlan } from "@dropoutkit/core/adapter";

/** What GLSL ES 3.00 and WGSL spell differently in otherwise equal statements. */
export interface Dialect {
  /** Declares a 32-bit unsigned integer that is given a value. */
  readonly uint: string;
  /** Declares a float that is given a value. */
  readonly float: string;
  /** Converts an integer or a boolean to a float. */
  readonly toFloat: string;
  /** The bits of a float as an integer, and back. */
  readonly toBits: string;
  readonly fromBits: string;
}

/**
 * Statements that return the draws of a block as floats: four decisions, 1 kept and 0 dropped; two uniforms;
 * or two standard normals. They read `block`, counted from the field's first, `words` (the generator's key, the
 * first block, the step) and `threshold`.
 */
export function noiseSource(draw: FieldPlan["draw"], dialect: Dialect): string {
  return threefry(dialect) + readers[draw](dialect);
}

/** The block's words x0 and x1. */
function threefry({ uint }: Dialect): string {
  const rounds = Array.from({ length: 20 }, (_, round) => {
    const turn = [13, 15, 26, 6, 17, 29, 16, 24][round % 8];
    const mix = `x0 += x1; x1 = ((x1 << ${turn}u) | (x1 >> ${32 - turn}u)) ^ x0;`;
    if (round % 4 < 3) return mix;
    const group = (round + 1) / 4;
    return `${mix} x0 += k${group % 3}; x1 += k${(group + 1) % 3} + ${group}u;`;
  });
  return `
    ${uint} k0 = words.x;
    ${uint} k1 = words.y;
    ${uint} k2 = k0 ^ k1 ^ 0x1BD11BDAu;
    ${uint} x0 = block + words.z + k0;
    ${uint} x1 = words.w + k1;
    ${rounds.join("\n")}`;
}

const readers = {
  bernoulli: ({ toFloat }: Dialect) => `
    return vec4(${["x0 & 0xFFFFu", "x0 >> 16u", "x1 & 0xFFFFu", "x1 >> 16u"]
      .map((bits) => `${toFloat}((${bits}) >= threshold)`)
      .join(", ")});`,

  uniform: ({ toFloat }: Dialect) => `
    return vec4(${["x0", "x1", "x0", "x1"]
      .map((word) => `(${toFloat}(${word} >> 9u) + 0.5) * ${2 ** -23}`)
      .join(", ")});`,

  /*
   * Core's Box-Muller in float32. Of the hardware's functions it takes a division and a root alone: a
   * logarithm with an absolute error is coarse where u is near 1, and cosines are coarse everywhere.
   * Errors, relative, with division and root within 2.5 and 4.5 units in the last place (WGSL's bounds):
   * ln u = e ln 2 + 2 artanh(s), s = (m - 1) / (m + 1), m in [sqrt(1/2), sqrt(2)). m - 1 is exact, s within 2^-21.4,
   * the series leaves out s^10 / 11 < 2^-28; where e < 0 the sum cancels half at most. So ln u is within
   * 2^-20.3, and r within 2^-21.3 + 4.5 * 2^-23 < 2^-20. The angle is reduced exactly, to |a| <= pi / 4, the
   * series leave out less than 2^-24, and each trigonometric factor is within 2^-21. So z is within 2^-19 |z|.
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
    ${float} re = r * (1.0 - t * (0.5 - t * (${1 / 24} - t * (${1 / 720} - t * ${1 / 40320}))));
    ${float} im = r * a * (1.0 - t * (${1 / 6} - t * (${1 / 120} - t * (${1 / 5040} - t * ${1 / 362880}))));
    if ((quarters & 1u) != 0u) { t = re; re = -im; im = t; }
    if ((quarters & 2u) != 0u) { re = -re; im = -im; }
    return vec4(re, im, re, im);`,
};
