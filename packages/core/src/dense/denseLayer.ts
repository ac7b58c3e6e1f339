import { checkOptions } from "../checks/checkOptions.js";
import { chooseDense, chooseEngine } from "../engine/chooseEngine.js";
import type { DenseKernels } from "../engine/DenseKernels.js";
import { type Engine, TILE_ENTRIES } from "../engine/Engine.js";
import { checkLength, checkShape } from "../field/shape.js";
import { keyWords, type NoiseKey } from "../key/noiseKey.js";
import { partSite } from "../key/site.js";
import { bindRate } from "../seam/expr.js";
import { numericSelect } from "../seam/fusedSelect.js";
import { checkRate, dropThreshold, rateScalars } from "../seam/rate.js";
import type { Part } from "../seam/seam.js";
import { addProduct, addProductGradients, type DenseProduct } from "./denseTiles.js";

/** Sizes of a dense layer's training pass, and where its noise comes from. */
export interface DenseOptions extends NoiseKey {
  readonly batch: number;
  readonly inputs: number;
  readonly units: number;
  /** Replaces the drop probability of every part, as a schedule does; in [0, 1]. */
  readonly rate?: number;
}

/** Arrays of a dense layer, row-major. */
export interface DenseArrays {
  /** `[batch, inputs]`. */
  readonly x: Float32Array;
  /** `[inputs, units]`. */
  readonly kernel: Float32Array;
  /** `[units]`; a layer may have none. */
  readonly bias?: Float32Array;
}

/** Gradients of a dense layer, of the shapes of what they are by; `dbias` where the layer has a bias. */
export interface DenseGradients {
  readonly dx: Float32Array;
  readonly dkernel: Float32Array;
  readonly dbias?: Float32Array;
}

/** What runs a dense layer's two kinds of work. */
export interface DenseEngines {
  readonly engine: Engine;
  readonly dense: DenseKernels;
}

/**
 * A dense layer in training whose weights have a mask for each example (DropConnect):
 * `y[b, o] = sum over i of x[b, i] · kernel'[b, i, o] + bias'[b, o]`, with kernel' and bias' as the parts at
 * `kernel` and `bias` make them. Masks are drawn as they are used: beside the arrays, memory is 64 kB.
 *
 * A sum is of float32s, in the order of i: it is within `(inputs + 4) · 2^-24 · sum of |x · kernel'|` of the real one.
 * @param parts Those of a variant such as `dropConnect`: at `kernel` and `bias` Bernoulli fields per example, and
 * selects between `scale · x + shift` and 0. A part at `linear` must have no noise in training.
 * @param output `[batch, units]`, filled and returned if given.
 * @throws {RangeError} If an option is out of range, or a length is not its shape's.
 * @throws {TypeError} If a part is of another kind, or none is at `kernel`.
 * @see Wan et al. 2013, "Regularization of Neural Networks using DropConnect", ICML, section 3.
 */
export function denseForward(
  parts: readonly Part[],
  arrays: DenseArrays,
  options: DenseOptions,
  output?: Float32Array,
): Float32Array {
  return runForward({ parts, arrays, options, output }, anyEngines());
}

/**
 * The gradients of `denseForward` by `x`, `kernel` and `bias`; the masks are drawn again.
 * @param dy Gradient of the output, `[batch, units]`.
 * @param output Filled and returned if given.
 * @throws {RangeError} If an option is out of range, or a length is not its shape's.
 * @throws {TypeError} If a part is of another kind, or none is at `kernel`.
 */
export function denseBackward(
  parts: readonly Part[],
  arrays: DenseArrays & { readonly dy: Float32Array },
  options: DenseOptions,
  output?: DenseGradients,
): DenseGradients {
  return runBackward({ parts, arrays, options, output }, anyEngines());
}

const anyEngines = (): DenseEngines => ({ engine: chooseEngine(), dense: chooseDense() });

interface Call<Arrays, Output> {
  readonly parts: readonly Part[];
  readonly arrays: Arrays;
  readonly options: DenseOptions;
  readonly output: Output | undefined;
}

/** `denseForward` with the engines given. */
export function runForward(
  { parts, arrays, options, output }: Call<DenseArrays, Float32Array>,
  { engine, dense }: DenseEngines,
): Float32Array {
  const owner = "denseForward";
  const { x, kernel, bias } = checkOptions(owner, arrays, "arrays");
  const { batch, units } = checkOptions(owner, options);
  const { kernelSelect, biasSelect } = plan(owner, parts, arrays, options);
  const y = output ?? new Float32Array(batch * units);
  checkLength(owner, { name: "output", length: y.length, entries: batch * units });
  if (bias === undefined) y.fill(0);
  else if (biasSelect === undefined) for (let b = 0; b < batch; b++) y.set(bias, b * units);
  else {
    const { scale, shift } = biasSelect;
    forEachKept(engine, biasSelect, batch * units, (i, kept) => {
      y[i] = kept === 1 ? Math.fround(scale * bias[i % units]) + shift : 0;
    });
  }
  addProduct({ x, kernel, y }, { ...options, ...kernelSelect }, dense);
  return y;
}

/** `denseBackward` with the engines given. */
export function runBackward(
  {
    parts,
    arrays,
    options,
    output,
  }: Call<DenseArrays & { readonly dy: Float32Array }, DenseGradients>,
  { engine, dense }: DenseEngines,
): DenseGradients {
  const owner = "denseBackward";
  const { x, kernel, bias, dy } = checkOptions(owner, arrays, "arrays");
  const { batch, units } = checkOptions(owner, options);
  const { kernelSelect, biasSelect } = plan(owner, parts, arrays, options);
  checkLength(owner, { name: "dy", length: dy.length, entries: batch * units });
  const dx = output?.dx ?? new Float32Array(x.length);
  const dkernel = output?.dkernel ?? new Float32Array(kernel.length);
  const dbias = bias && (output?.dbias ?? new Float32Array(units));
  checkLength(owner, { name: "dx", length: dx.length, entries: x.length });
  checkLength(owner, { name: "dkernel", length: dkernel.length, entries: kernel.length });
  dx.fill(0);
  dkernel.fill(0);
  addProductGradients({ x, kernel, dy, dx, dkernel }, { ...options, ...kernelSelect }, dense);
  if (dbias === undefined) return { dx, dkernel };
  checkLength(owner, { name: "dbias", length: dbias.length, entries: units });
  dbias.fill(0);
  if (biasSelect === undefined) for (let i = 0; i < dy.length; i++) dbias[i % units] += dy[i];
  else {
    forEachKept(engine, biasSelect, dy.length, (i, kept) => {
      if (kept === 1) dbias[i % units] += biasSelect.scale * dy[i];
    });
  }
  return { dx, dkernel, dbias };
}

type WeightSelect = Pick<DenseProduct, "key" | "threshold" | "scale" | "shift">;

/** What the parts do to the kernel and the bias, after everything was checked that both passes have. */
function plan(
  owner: string,
  parts: readonly Part[],
  { x, kernel, bias }: DenseArrays,
  options: DenseOptions,
): { readonly kernelSelect: WeightSelect; readonly biasSelect: WeightSelect | undefined } {
  const { batch, inputs, units } = options;
  checkShape(owner, [batch, inputs, units], 4);
  checkLength(owner, { name: "x", length: x.length, entries: batch * inputs });
  checkLength(owner, { name: "kernel", length: kernel.length, entries: inputs * units });
  if (bias) checkLength(owner, { name: "bias", length: bias.length, entries: units });
  const noisy = parts.filter((part) => !isPlainLinear(part));
  const selects = new Map(noisy.map((part) => [part.at, weightSelect(owner, part, options)]));
  const kernelSelect = selects.get("kernel");
  if (kernelSelect === undefined) {
    const places = parts.map(({ at }) => at).join(", ");
    throw new TypeError(`${owner}: parts must have one at kernel, got [${places}]`);
  }
  return { kernelSelect, biasSelect: selects.get("bias") };
}

/** A part that draws at inference alone: in training it is the layer's own operation. */
function isPlainLinear({ at, train }: Part): boolean {
  if (at !== "linear" || typeof train !== "object" || train.op !== "linear") return false;
  return train.args[0] === "x" && train.args[1] === "w";
}

function weightSelect(owner: string, part: Part, options: DenseOptions): WeightSelect {
  const { draw, perExample, shared, noiseShape, grow, perTimestep, samples } = part.field;
  const isPlain = !(shared || noiseShape || grow || perTimestep || samples !== undefined);
  const isWeight = part.at === "kernel" || part.at === "bias";
  if (!isWeight || draw !== "bernoulli" || !perExample || !isPlain) {
    throw new TypeError(
      `${owner}: parts must draw a Bernoulli field per example at kernel or bias, got one at ${part.at}`,
    );
  }
  const rate = checkRate(owner, options.rate ?? part.field.rate);
  const select = numericSelect(bindRate(part.train, rateScalars(rate)));
  if (select?.dropped !== 0) {
    throw new TypeError(
      `${owner}: parts must select between scale · x + shift and 0, got another formula at ${part.at}`,
    );
  }
  return {
    key: keyWords(owner, { ...options, site: partSite(options.site, part) }),
    threshold: dropThreshold(rate),
    scale: select.scale,
    shift: select.shift,
  };
}

/** Visits the entries of a field in their order, 1 where one is kept. */
function forEachKept(
  { field, drawField }: Engine,
  { key, threshold }: WeightSelect,
  entries: number,
  visit: (entry: number, kept: number) => void,
): void {
  for (let start = 0; start < entries; start += field.length) {
    const count = Math.min(field.length, entries - start);
    drawField(key, threshold, start / 4, Math.ceil(count / TILE_ENTRIES));
    for (let i = 0; i < count; i++) visit(start + i, field[i]);
  }
}
