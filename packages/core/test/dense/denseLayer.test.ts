import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  drawUniform,
  type Expr,
  keepScaled,
  mul,
  type Part,
  rateScalars,
  select,
} from "../../src/adapter.js";
import { type DenseEngines, runBackward, runForward } from "../../src/dense/denseLayer.js";
import { javascriptDense } from "../../src/engine/javascriptDense.js";
import { javascriptEngine } from "../../src/engine/javascriptEngine.js";
import { instantiateKernels } from "../../src/engine/kernels.js";
import { wasmDense } from "../../src/engine/wasmDense.js";
import { scratchEngine } from "../../src/engine/wasmEngine.js";
import {
  type DenseArrays,
  type DenseOptions,
  denseBackward,
  denseForward,
  drawMask,
  dropConnect,
} from "../../src/index.js";

function wasmEngines(): DenseEngines {
  const kernels = instantiateKernels(0);
  if (kernels === undefined) throw new Error("test: this runtime must have WebAssembly with SIMD");
  return { engine: scratchEngine(kernels), dense: wasmDense(kernels) };
}

const engines: readonly (readonly [string, DenseEngines])[] = [
  ["WASM", wasmEngines()],
  ["JavaScript", { engine: javascriptEngine, dense: javascriptDense() }],
];

const part = (at: Part["at"], rate: number, train: Expr = keepScaled): Part => ({
  at,
  field: { draw: "bernoulli", rate, perExample: true },
  train,
  infer: "x",
});
const both = (rate: number): Part[] => [part("kernel", rate), part("bias", rate)];
const key = { seed: 7, site: "dense", step: 2 };

/** Numbers in (-1, 1). */
const numbers = (site: string, length: number): Float32Array =>
  drawUniform({ seed: 1, site, step: 0, shape: [length] }).map((u) => 2 * u - 1);

const arraysOf = ({ batch, inputs, units }: DenseOptions) => ({
  x: numbers("x", batch * inputs),
  kernel: numbers("kernel", inputs * units),
  bias: numbers("bias", units),
  dy: numbers("dy", batch * units),
});

/** A sum in float64, and the sum of its terms' sizes, to which float32's error is relative. */
class Sum {
  value = 0;
  size = 0;
  add(term: number): void {
    this.value += term;
    this.size += Math.abs(term);
  }
}

/** The formulas, entry by entry, in float64, over masks that `drawMask` draws. */
function reference(
  rate: number,
  { x, kernel, bias, dy }: Required<DenseArrays> & { readonly dy: Float32Array },
  { batch, inputs, units }: DenseOptions,
) {
  const { gain } = rateScalars(rate);
  const kept = (at: string, shape: number[]): Uint8Array =>
    drawMask({ ...key, site: `dense/${at}`, shape, rate });
  const kernelMask = kept("kernel", [batch, inputs, units]);
  const biasMask = kept("bias", [batch, units]);
  const sums = (length: number): Sum[] => Array.from({ length }, () => new Sum());
  const [y, dx] = [sums(batch * units), sums(batch * inputs)];
  const [dkernel, dbias] = [sums(inputs * units), sums(units)];
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < units; o++) {
      const at = b * units + o;
      if (biasMask[at] === 1) {
        y[at].add(gain * bias[o]);
        dbias[o].add(gain * dy[at]);
      }
      for (let i = 0; i < inputs; i++) {
        if (kernelMask[(b * inputs + i) * units + o] === 0) continue;
        y[at].add(x[b * inputs + i] * gain * kernel[i * units + o]);
        dx[b * inputs + i].add(dy[at] * gain * kernel[i * units + o]);
        dkernel[i * units + o].add(x[b * inputs + i] * gain * dy[at]);
      }
    }
  }
  return { y, dx, dkernel, dbias };
}

/** n float32 additions, and at most 6 other roundings a term, err by (n + 6) · 2^-24 of the terms' sizes, to first order. */
function expectClose(values: Float32Array | undefined, sums: readonly Sum[], terms: number): void {
  expect(values?.length).toBe(sums.length);
  const wrong = sums.filter(
    ({ value, size }, i) =>
      !(Math.abs((values?.[i] ?? Number.NaN) - value) <= 1.001 * (terms + 6) * 2 ** -24 * size),
  );
  expect(wrong).toEqual([]);
}

function expectReference(rate: number, options: DenseOptions, using: DenseEngines): void {
  const arrays = arraysOf(options);
  const parts = both(rate);
  const expected = reference(rate, arrays, options);
  const { batch, inputs, units } = options;
  const y = runForward({ parts, arrays, options, output: undefined }, using);
  expectClose(y, expected.y, inputs + 1);
  const gradients = runBackward({ parts, arrays, options, output: undefined }, using);
  expectClose(gradients.dx, expected.dx, units);
  expectClose(gradients.dkernel, expected.dkernel, batch);
  expectClose(gradients.dbias, expected.dbias, batch);
}

describe.each(engines)("a dense layer with a mask for each example, in %s", (_, using) => {
  test("is the formula over drawMask's masks, and its gradients, for any sizes and rate", () => {
    const size = (max: number) => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(
        fc.record({ batch: size(9), inputs: size(40), units: size(40) }),
        fc.constantFrom(0, 0.3, 0.5, 1),
        (sizes, rate) => expectReference(rate, { ...key, ...sizes }, using),
      ),
      { numRuns: 40 },
    );
  });

  // A row longer than a tile of 2,048 weights; more rows than a tile has; more examples than its block.
  test.each([
    { batch: 3, inputs: 2, units: 4101 },
    { batch: 2, inputs: 4099, units: 1 },
    { batch: 70, inputs: 19, units: 130 },
    { batch: 0, inputs: 3, units: 2 },
    { batch: 2, inputs: 0, units: 2 },
  ])("is so for $batch x $inputs x $units", (sizes) => {
    expectReference(0.5, { ...key, ...sizes }, using);
  });

  test("an infinite weight vanishes where it is dropped, forward and backward", () => {
    const options = { ...key, batch: 8, inputs: 1, units: 9 };
    const arrays = {
      x: new Float32Array(8).fill(1),
      kernel: new Float32Array(9).fill(Number.POSITIVE_INFINITY),
      dy: new Float32Array(72).fill(1),
    };
    const mask = drawMask({ ...key, site: "dense/kernel", shape: [8, 1, 9], rate: 0.9 });
    const parts = [part("kernel", 0.9)];
    const call = { parts, arrays, options, output: undefined };
    expect(runForward(call, using)).toEqual(
      Float32Array.from(mask, (kept) => (kept === 1 ? Number.POSITIVE_INFINITY : 0)),
    );
    const { dx } = runBackward(call, using);
    const rows = [0, 1, 2, 3, 4, 5, 6, 7].map((b) => mask.subarray(9 * b, 9 * b + 9));
    expect([...dx]).toEqual(rows.map((row) => (row.includes(1) ? Number.POSITIVE_INFINITY : 0)));
    expect(rows.some((row) => !row.includes(1))).toBe(true);
  });

  test("a shift moves kept weights, and a bias without a part is added whole", () => {
    const options = { ...key, batch: 5, inputs: 1, units: 7 };
    const arrays = {
      x: new Float32Array(5).fill(1),
      kernel: new Float32Array(7).fill(2),
      bias: new Float32Array(7).fill(100),
      dy: new Float32Array(35).fill(1),
    };
    const parts = [part("kernel", 0.5, select("field", add(mul(3, "x"), 1), 0))];
    const mask = drawMask({ ...key, site: "dense/kernel", shape: [5, 1, 7], rate: 0.5 });
    const call = { parts, arrays, options, output: undefined };
    expect(runForward(call, using)).toEqual(Float32Array.from(mask, (kept) => 100 + 7 * kept));
    const { dkernel, dbias } = runBackward(call, using);
    const column = (o: number) => [0, 1, 2, 3, 4].reduce((sum, b) => sum + mask[b * 7 + o], 0);
    expect([...dkernel]).toEqual([0, 1, 2, 3, 4, 5, 6].map((o) => 3 * column(o)));
    expect(dbias).toEqual(new Float32Array(7).fill(5));
  });
});

const sizes = { batch: 2, inputs: 3, units: 4 };
const options = { ...key, ...sizes };
const arrays = arraysOf(options);

test("denseForward, denseBackward: fill and return the outputs given, whatever was in them", () => {
  const y = new Float32Array(8).fill(9);
  expect(denseForward(both(0.5), arrays, options, y)).toBe(y);
  expect(y).toEqual(denseForward(both(0.5), arrays, options));
  const output = {
    dx: new Float32Array(6).fill(9),
    dkernel: new Float32Array(12).fill(9),
    dbias: new Float32Array(4).fill(9),
  };
  const gradients = denseBackward(both(0.5), arrays, options, output);
  expect(gradients).toEqual(denseBackward(both(0.5), arrays, options));
  expect(gradients.dx).toBe(output.dx);
  expect(gradients.dkernel).toBe(output.dkernel);
  expect(gradients.dbias).toBe(output.dbias);
});

test("denseForward: runs dropConnect's parts, also where inference draws", () => {
  const y = denseForward(both(0.5), arrays, options);
  for (const samples of [undefined, 10]) {
    const { parts } = dropConnect({ rate: 0.5, ...(samples && { samples }) });
    expect(denseForward(parts, arrays, options)).toEqual(y);
  }
});

test("denseForward: a rate given at the call replaces the parts'", () => {
  expect(denseForward(both(0.1), arrays, { ...options, rate: 0.6 })).toEqual(
    denseForward(both(0.6), arrays, options),
  );
});

test("denseBackward: memory grows with nothing but the outputs", () => {
  const large = { ...key, batch: 64, inputs: 256, units: 256 };
  const many = arraysOf(large);
  const { dx, dkernel, dbias } = denseBackward(both(0.5), many, large);
  const output = dbias && { dx, dkernel, dbias };
  const y = denseForward(both(0.5), many, large);
  const before = process.memoryUsage().arrayBuffers;
  denseForward(both(0.5), many, large, y);
  denseBackward(both(0.5), many, large, output);
  // The masks of the batch would be 4 MB, one example's weights 256 kB. Views have no memory of their own.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(65536);
});

describe("denseForward, denseBackward: refuse", () => {
  const [kernel] = both(0.5);
  const wrongField = (field: Partial<Part["field"]>): Part[] => [
    { ...kernel, field: { ...kernel.field, ...field } },
  ];
  test.each<[string, Part[], RegExp]>([
    ["no part at kernel", [part("bias", 0.5)], /parts must have one at kernel, got \[bias\]/],
    [
      "another place",
      [part("activation", 0.5)],
      /parts must draw a Bernoulli field per example at kernel or bias, got one at activation/,
    ],
    ["another draw", wrongField({ draw: "normal" }), /must draw a Bernoulli field per example/],
    ["a shared mask", wrongField({ shared: [[0, 0]] }), /must draw a Bernoulli field per example/],
    [
      "another formula",
      [part("kernel", 0.5, mul("gain", "x"))],
      /parts must select between scale · x \+ shift and 0, got another formula at kernel/,
    ],
    [
      "a constant other than 0",
      [part("kernel", 0.5, select("field", "x", 1))],
      /parts must select between scale · x \+ shift and 0/,
    ],
  ])("%s", (_, parts, message) => {
    expect(() => denseForward(parts, arrays, options)).toThrow(TypeError);
    expect(() => denseForward(parts, arrays, options)).toThrow(message);
    expect(() => denseBackward(parts, arrays, options)).toThrow(message);
  });

  test.each([
    ["x", { x: new Float32Array(5) }, "x must have 6 elements, got 5"],
    ["kernel", { kernel: new Float32Array(5) }, "kernel must have 12 elements, got 5"],
    ["bias", { bias: new Float32Array(5) }, "bias must have 4 elements, got 5"],
  ])("an %s of another length", (_, wrong, message) => {
    const all = { ...arrays, ...wrong };
    expect(() => denseForward(both(0.5), all, options)).toThrow(
      new RangeError(`denseForward: ${message}`),
    );
    expect(() => denseBackward(both(0.5), all, options)).toThrow(
      new RangeError(`denseBackward: ${message}`),
    );
  });

  test("an output, a dy or a gradient of another length", () => {
    const wrong = new Float32Array(5);
    expect(() => denseForward(both(0.5), arrays, options, wrong)).toThrow(
      new RangeError("denseForward: output must have 8 elements, got 5"),
    );
    expect(() => denseBackward(both(0.5), { ...arrays, dy: wrong }, options)).toThrow(
      new RangeError("denseBackward: dy must have 8 elements, got 5"),
    );
    const right = denseBackward(both(0.5), arrays, options);
    for (const [name, entries] of [
      ["dx", 6],
      ["dkernel", 12],
      ["dbias", 4],
    ] as const) {
      expect(() => denseBackward(both(0.5), arrays, options, { ...right, [name]: wrong })).toThrow(
        new RangeError(`denseBackward: ${name} must have ${entries} elements, got 5`),
      );
    }
  });

  test("sizes, rates, seeds and steps out of range", () => {
    expect(() => denseForward(both(0.5), arrays, { ...options, units: -1 })).toThrow(RangeError);
    expect(() => denseForward(both(0.5), arrays, { ...options, rate: 2 })).toThrow(
      new RangeError("denseForward: rate must be in [0, 1], got 2"),
    );
    expect(() => denseBackward(both(0.5), arrays, { ...options, seed: -1 })).toThrow(
      new RangeError("denseBackward: seed must be an integer in [0, 2^32), got -1"),
    );
    expect(() => denseBackward(both(0.5), arrays, { ...options, step: 0.5 })).toThrow(
      new RangeError("denseBackward: step must be an integer in [0, 2^32), got 0.5"),
    );
  });
});
