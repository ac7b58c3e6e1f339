import type { FieldPlan } from "@dropoutkit/core";
import type { Run } from "./gpuDevice.js";
import { noiseSource } from "./noiseSource.js";

/** A program in GLSL ES 3.00, for tfjs's WebGL backend, which adds the functions that read inputs and coordinates. */
export interface GlslProgram {
  readonly inputs: readonly string[];
  /** Whether a texel holds 2 x 2 entries of the last two axes, as in the results of most of tfjs's operations. */
  readonly packed: boolean;
  readonly code: string;
}

/** The code of a program; of `shape` it takes the rank, and beyond rank 4 the sizes, as tfjs does. */
export function glslProgram(program: Run["program"], shape: readonly number[]): GlslProgram {
  switch (program) {
    case "grow":
      return { inputs: ["mask"], packed: false, code: grow };
    case "selectDrawn":
      return { inputs: ["x"], packed: true, code: noise("bernoulli") + select(drawn, shape) };
    case "selectMasked":
      return { inputs: ["x", "mask"], packed: true, code: select(masked, shape) };
    default:
      return {
        inputs: [],
        packed: false,
        code: `${noise(program)} void main() { setOutput(noise(uint(getOutputCoords()))); }`,
      };
  }
}

const noise = (draw: FieldPlan["draw"]): string => `
  float noise(uint i) {
    uvec4 key = uvec4(words);
    uint threshold = uint(dropsBelow);
    ${noiseSource(draw, {
      uint: "uint",
      float: "float",
      toFloat: "float",
      toBits: "floatBitsToUint",
      fromBits: "uintBitsToFloat",
    })}
  }`;

const grow = `
  void main() {
    ivec3 at = getOutputCoords();
    float kept = 1.0;
    for (int seed = max(at.y - edge + 1, 0); seed <= min(at.y, outShape.y - edge); seed++) {
      kept *= getMask(at.x, seed, at.z);
    }
    setOutput(kept);
  }`;

const drawn = `
  int entry = (at.x * outShape.y + at.y) * outShape.z + at.z;
  uint i = uint(entry);
  uint below = uint(entry + outShape.z);
  vec4 kept = vec4(noise(i), noise(i + 1u), noise(below), noise(below + 1u));`;

const masked = "vec4 kept = getMaskAtOutCoords();";

/** Picks in a texel's four entries. Those beyond an odd last row or column have to be 0: tfjs's products sum them. */
function select(kept: string, shape: readonly number[]): string {
  const rank = shape.length;
  const size = (axis: number): string => (rank <= 4 ? `outShape[${axis}]` : `${shape[axis]}`);
  const [row, column] = [rank - 2, rank - 1].map(
    (axis) => `at.${"xyzwuv"[axis]} + 1 < ${size(axis)}`,
  );
  return `
    void main() {
      ivec${rank} at = getOutputCoords();
      ${kept}
      vec4 y = mix(vec4(formula.z), formula.x * getXAtOutCoords() + formula.y, bvec4(kept));
      bool right = ${column};
      bool under = ${row};
      setOutput(mix(vec4(0.0), y, bvec4(true, right, under, right && under)));
    }`;
}
