import type { FieldPlan } from "@dropoutkit/core/adapter";
import { drawsPerBlock } from "./gpuDevice.js";
import { noiseSource } from "./noiseSource.js";

/* Programs in WGSL for tfjs's WebGPU backend, which adds the functions that read inputs and coordinates. */

/** Draws a block in each invocation, and runs `store` for each of its entries. */
const drawBlock = (
  draw: FieldPlan["draw"],
  store: (entry: string, drawn: string) => string,
): string => {
  const places = [..."xyzw"].slice(0, drawsPerBlock(draw));
  const stores = places.map((place, i) => {
    const entry = `(first + ${64 * i})`;
    return `if (${entry} < uniforms.size) { ${store(entry, `draws.${place}`)} }`;
  });
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
    let first = (block >> 6u) * ${64 * places.length} + (block & 63);
    ${stores.join("\n")}
  }`;
};

/** Writes the entries of a field in their order. */
export const drawEntries = (draw: FieldPlan["draw"]): string =>
  drawBlock(draw, (entry, drawn) => `setOutputAtIndex(${entry}, ${drawn});`);

const select = (index: string, kept: string, type = "f32"): string => `
  setOutputAtIndex(${index}, select(
    ${type}(uniforms.formula.z),
    uniforms.formula.x * x[${index}] + uniforms.formula.y,
    ${type}(${kept}) != ${type}(0.0)));`;

/** Selects by a field of x's shape, which is drawn here. */
export const selectDrawn: string = drawBlock("bernoulli", select);

/** Selects by a mask that broadcasts to x, 1 or 4 entries at a time. */
export const selectMasked = (entries: number): string => `
  fn main(index : i32) {
    if (index < uniforms.size) {
      let mask = getMaskByOutputCoords(getCoordsFromIndex(index * ${entries}));
      ${select("index", "mask", entries === 4 ? "vec4<f32>" : "f32")}
    }
  }`;

/** Writes a grown mask `[outer, length, inner]`, where a block has `edge` entries. */
export const grow = (edge: number): string => `
  fn main(index : i32) {
    if (index < uniforms.size) {
      let at = getCoordsFromIndex(index);
      var kept = 1.0;
      for (var seed = max(at.y - ${edge - 1}, 0); seed <= min(at.y, uniforms.maskShape.y - 1); seed++) {
        kept *= getMask(at.x, seed, at.z);
      }
      setOutputAtIndex(index, kept);
    }
  }`;
