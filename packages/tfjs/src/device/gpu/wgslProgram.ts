import type { FieldPlan } from "@dropoutkit/core";
import type { Run } from "./gpuDevice.js";
import { noiseSource } from "./noiseSource.js";

/** A program in WGSL, for tfjs's WebGPU backend, which adds the functions that read inputs and coordinates. */
export interface WgslProgram {
  readonly inputs: readonly string[];
  readonly code: string;
}

/** The code of a program. */
export function wgslProgram(program: Run["program"]): WgslProgram {
  switch (program) {
    case "grow":
      return { inputs: ["mask"], code: main(grow) };
    case "selectDrawn":
      return { inputs: ["x"], code: noise("bernoulli") + main(select("noise(u32(index))")) };
    case "selectMasked":
      return { inputs: ["x", "mask"], code: main(select("getMaskByOutputIndex(index)")) };
    default:
      return { inputs: [], code: noise(program) + main("setOutputAtIndex(index, noise(u32(index)));") };
  }
}

const main = (entry: string): string => `
  fn main(index : i32) {
    if (index < uniforms.size) { ${entry} }
  }`;

const noise = (draw: FieldPlan["draw"]): string => `
  fn noise(i : u32) -> f32 {
    let key = uniforms.words;
    let threshold = uniforms.dropsBelow;
    ${noiseSource(draw, {
      uint: "var",
      float: "var",
      toFloat: "f32",
      toBits: "bitcast<u32>",
      fromBits: "bitcast<f32>",
    })}
  }`;

const grow = `
  let at = getCoordsFromIndex(index);
  let edge = i32(uniforms.edge);
  var kept = 1.0;
  for (var seed = max(at.y - edge + 1, 0); seed <= min(at.y, uniforms.maskShape.y - 1); seed++) {
    kept *= getMask(at.x, seed, at.z);
  }
  setOutputAtIndex(index, kept);`;

const select = (kept: string): string => `
  let formula = uniforms.formula;
  let y = formula.x * x[index] + formula.y;
  setOutputAtIndex(index, select(formula.z, y, ${kept} != 0.0));`;
