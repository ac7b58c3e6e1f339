import type { FieldPlan, Shape } from "@dropoutkit/core/adapter";
import { drawsPerBlock } from "./gpuDevice.js";
import { noiseSource } from "./noiseSource.js";

/*
 * Programs in GLSL ES 3.00 for tfjs's WebGL backend, which adds the functions that read inputs and coordinates.
 * As in tfjs's own, sizes are constants. A program writes one texel at a time: so a field is first drawn into a
 * table, two adjacent blocks a texel, where what follows finds the draws of its entries.
 */

/** Writes a table that has 2^columnBits texels a row. The decisions of two blocks are bits of one number. */
export const drawTable = (draw: FieldPlan["draw"], columnBits: number): string => `
  vec4 noise(uint block, uvec4 words, uint threshold) {
    ${noiseSource(draw, {
      uint: "uint",
      float: "float",
      toFloat: "float",
      toBits: "floatBitsToUint",
      fromBits: "uintBitsToFloat",
    })}
  }
  void main() {
    ivec2 texel = ivec2(gl_FragCoord.xy);
    uint block = uint((texel.y << ${columnBits}) + texel.x) * 2u;
    vec4 a = noise(block, uvec4(words), uint(threshold));
    vec4 b = noise(block + 1u, uvec4(words), uint(threshold));
    setOutput(${draw === "bernoulli" ? "a + 2.0 * b" : "vec4(a.xy, b.xy)"});
  }`;

/** Finds an entry's draw in its field's table, or those of a pair: an even entry and the next. */
const readTable = (draw: FieldPlan["draw"], columnBits: number): string => `
  vec2 pairOf(int entry) {
    int pair = (entry / ${64 * drawsPerBlock(draw)} << 5) + ((entry & 63) >> 1);
    vec4 texel = texelFetch(table, ivec2(pair & ${2 ** columnBits - 1}, pair >> ${columnBits}), 0);
    bool odd = (entry & 64) != 0;
    ${draw === "bernoulli" ? decisionsOf : "return odd ? texel.yw : texel.xz;"}
  }
  float drawOf(int entry) { return pairOf(entry)[entry & 1]; }`;

const decisionsOf = `
    vec2 word = (entry & 128) == 0 ? texel.xy : texel.zw;
    return mod(floor((odd ? word.y : word.x) / vec2(1.0, 2.0)), 2.0);`;

/** Writes the entries of a field in their order, from its table. */
export const listEntries = (draw: FieldPlan["draw"], columnBits: number): string => `
  ${readTable(draw, columnBits)}
  void main() { setOutput(drawOf(getOutputCoords())); }`;

/** Writes a grown mask `[outer, length, inner]`, where a block has `edge` entries. */
export const grow = ([, length]: Shape, edge: number): string => `
  void main() {
    ivec3 at = getOutputCoords();
    float kept = 1.0;
    for (int seed = max(at.y - ${edge - 1}, 0); seed <= min(at.y, ${length - edge}); seed++) {
      kept *= getMask(at.x, seed, at.z);
    }
    setOutput(kept);
  }`;

/** Selects by the field of x's shape `[batch, rows, columns]`, from its table. */
export const selectDrawn = ([batch, rows, columns]: Shape, columnBits: number): string => `
  ${readTable("bernoulli", columnBits)}
  vec2 keptFrom(int entry) {
    return ${columns % 2 === 0 ? "pairOf(entry)" : "vec2(drawOf(entry), drawOf(entry + 1))"};
  }
  vec4 keptAt(ivec3 at) {
    int entry = (at.x * ${rows} + at.y) * ${columns} + at.z;
    return vec4(keptFrom(entry), keptFrom(entry + ${columns}));
  }
  ${select("keptAt(getOutputCoords())", [batch, rows, columns])}`;

/** Selects by a mask of x's rank that broadcasts to it. */
export const selectMasked = (shape: Shape): string => select("getMaskAtOutCoords()", shape);

/**
 * Selects in a texel's four entries, at 2 x 2 places of the last two axes. Beyond an odd last row or column there
 * is 0, since tfjs's products sum over it.
 */
function select(kept: string, shape: Shape): string {
  const isInside = [shape.length - 2, shape.length - 1].map((axis) =>
    shape[axis] % 2 === 0 ? "true" : `getOutputCoords().${"xyzwuv"[axis]} < ${shape[axis] - 1}`,
  );
  return `
    void main() {
      bool below = ${isInside[0]};
      bool right = ${isInside[1]};
      vec4 y = mix(vec4(formula.z), formula.x * getXAtOutCoords() + formula.y, bvec4(${kept}));
      setOutput(mix(vec4(0.0), y, bvec4(true, right, below, right && below)));
    }`;
}
