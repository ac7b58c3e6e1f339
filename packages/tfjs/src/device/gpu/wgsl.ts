import type { FieldPlan } from "@dropoutkit/core";
import { noiseSource } from "./noiseSource.js";

/* Programs in WGSL for tfjs's WebGPU backend, which adds the functions that read inputs and coordinates. */

/** Draws a block in each invocation, and calls `store` for each of its entries. */
const drawBlock = (draw: FieldPlan["draw"], store: string): string => {
  const placeBits = draw === "bernoulli" ? 2 : 1;
  return `
  fn noise(block : u32, words : vec4<u32>, threshold : u32) -> vec4<f32> {
    ${noiseSource(draw, {
      uint: "var",
      float: "var",
      toFloat: "f32",
      toBits: "bitcast<u32>",
      fromBits: "bitcast<f32>",
    })}
  }
  fn main(block : i32) {
    let draws = noise(u32(block), uniforms.words, uniforms.threshold);
    let first = ((block >> 6u) << ${6 + placeBits}u) + (block & 63);
    for (var place = 0; place < ${1 << placeBits}; place++) {
      let entry = first + (place << 6u);
      if (entry < uniforms.size) { ${store} }
    }
  }`;
};

const select = (i: string, kept: string): string => `
  let formula = uniforms.formula;
  setOutputAtIndex(${i}, select(formula.z, formula.x * x[${i}] + formula.y, ${kept} != 0.0));`;

/** Writes the entries of a field in their order. */
export const drawEntries = (draw: FieldPlan["draw"]): string =>
  drawBlock(draw, "setOutputAtIndex(entry, draws[place]);");

/** Selects by a field of x's shape, which is drawn here. */
export const selectDrawn: string = drawBlock("bernoulli", select("entry", "draws[place]"));

/** Selects by a mask that broadcasts to x. */
export const selectMasked = `
  fn main(index : i32) {
    if (index < uniforms.size) { ${select("index", "getMaskByOutputIndex(index)")} }
  }`;

export const grow = `
  fn main(index : i32) {
    if (index >= uniforms.size) { return; }
    let at = getCoordsFromIndex(index);
    var kept = 1.0;
    for (var seed = max(at.y - i32(uniforms.edge) + 1, 0); seed <= min(at.y, uniforms.maskShape.y - 1); seed++) {
      kept *= getMask(at.x, seed, at.z);
    }
    setOutputAtIndex(index, kept);
  }`;
