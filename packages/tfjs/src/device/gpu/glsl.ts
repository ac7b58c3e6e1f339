import type { FieldPlan, Shape } from "@dropoutkit/core";
import { drawsPerBlock } from "./gpuDevice.js";
import { noiseSource } from "./noiseSource.js";

/*
 * Programs in GLSL ES 3.00 for tfjs's WebGL backend, which adds the functions that read inputs and coordinates.
 * As in tfjs's own, sizes are constants. A program writes one texel at a time: so a field is first drawn into a
 * table, a block a texel, where what follows finds the draws of its entries.
 */

/** Writes a table that has 2^columnBits blocks a row. */
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
    uint block = uint((texel.y << ${columnBits}) + texel.x);
    setOutput(noise(block, uvec4(words), uint(threshold)));
  }`;

/** Finds the draw of an entry in its field's table. */
const drawOf = (draw: FieldPlan["draw"], columnBits: number): string => {
  const placeBits = Math.log2(drawsPerBlock(draw));
  return `
  float drawOf(int entry) {
    int block = ((entry >> ${6 + placeBits}) << 6) + (entry & 63);
    ivec2 texel = ivec2(block & ${2 ** columnBits - 1}, block >> ${columnBits});
    return texelFetch(table, texel, 0)[(entry >> 6) & ${2 ** placeBits - 1}];
  }`;
};

/** Writes the entries of a field in their order, from its table. */
export const listEntries = (draw: FieldPlan["draw"], columnBits: number): string => `
  ${drawOf(draw, columnBits)}
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
export const selectDrawn = (shape: Shape, columnBits: number): string => `
  ${drawOf("bernoulli", columnBits)}
  vec4 keptAt(ivec3 at) {
    int entry = (at.x * ${shape[1]} + at.y) * ${shape[2]} + at.z;
    int below = entry + ${shape[2]};
    return vec4(drawOf(entry), drawOf(entry + 1), drawOf(below), drawOf(below + 1));
  }
  ${select("keptAt(getOutputCoords())", shape)}`;

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
