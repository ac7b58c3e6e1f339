import type { FieldPlan } from "@dropoutkit/core";
import { noiseSource } from "./noiseSource.js";

/*
 * Programs in GLSL ES 3.00 for tfjs's WebGL backend, which adds the functions that read inputs and coordinates.
 * A texel is written at a time, so a field is drawn into a table of blocks first, the four draws of a block in a
 * texel; what reads it finds the draw of an entry there. A row of the table has 2^columnBits blocks.
 */

/** Writes the table of a field. */
export function drawTable(draw: FieldPlan["draw"]): string {
  return `
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
      uint block = uint((texel.y << columnBits) + texel.x);
      setOutput(noise(block, uvec4(words), uint(threshold)));
    }`;
}

/** Finds the draw of an entry in the table; a Bernoulli draw has 2 bits of its place in the block, another 1. */
const readTable = (placeBits: number): string => `
  float drawOf(int entry) {
    int block = ((entry >> ${6 + placeBits}) << 6) + (entry & 63);
    ivec2 texel = ivec2(block & ((1 << columnBits) - 1), block >> columnBits);
    return texelFetch(table, texel, 0)[(entry >> 6) & ${(1 << placeBits) - 1}];
  }`;

/** Writes the entries of a table in their order. */
export function listEntries(draw: FieldPlan["draw"]): string {
  return `${readTable(draw === "bernoulli" ? 2 : 1)}
    void main() { setOutput(drawOf(getOutputCoords())); }`;
}

export const grow = `
  void main() {
    ivec3 at = getOutputCoords();
    float kept = 1.0;
    for (int seed = max(at.y - edge + 1, 0); seed <= min(at.y, outShape.y - edge); seed++) {
      kept *= getMask(at.x, seed, at.z);
    }
    setOutput(kept);
  }`;

/**
 * Selects in a texel's four entries: those at 2 x 2 places of the last two axes. What lies beyond an odd last row or
 * column is 0, since tfjs's products sum over it.
 */
export function select(shape: readonly number[]): string {
  const rank = shape.length;
  const axes = [..."xyzwuv"].slice(0, rank);
  const [row, column] = axes.slice(-2);
  // tfjs has sizes as uniforms up to rank 4.
  const size = (axis: number): string => (rank <= 4 ? `outShape[${axis}]` : `${shape[axis]}`);
  return `${readTable(2)}
    void main() {
      ivec${rank} at = getOutputCoords();
      int entry = ${axes.map((axis, i) => `at.${axis} * strides[${i}]`).join(" + ")};
      int right = entry + strides[${rank - 1}];
      int down = strides[${rank - 2}];
      bvec4 kept = bvec4(drawOf(entry), drawOf(right), drawOf(entry + down), drawOf(right + down));
      vec4 y = mix(vec4(formula.z), formula.x * getXAtOutCoords() + formula.y, kept);
      bool isRight = at.${column} + 1 < ${size(rank - 1)};
      bool isDown = at.${row} + 1 < ${size(rank - 2)};
      setOutput(mix(vec4(0.0), y, bvec4(true, isRight, isDown, isRight && isDown)));
    }`;
}
