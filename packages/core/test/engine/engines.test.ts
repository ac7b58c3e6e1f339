import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SelectOptions, selectField } from "../../src/apply/selectField.js";
import type { Engine } from "../../src/engine/Engine.js";
import { javascriptEngine } from "../../src/engine/javascriptEngine.js";
import { instantiateKernels, type Kernels, SCRATCH_BYTES } from "../../src/engine/kernels.js";
import { memoryEngine, scratchEngine } from "../../src/engine/wasmEngine.js";
import { fillMask } from "../../src/field/drawMask.js";
import { sizeOf } from "../../src/field/fieldShape.js";
import { dropThreshold } from "../../src/seam/rate.js";

/** Floats of the kernels' memory beyond the scratch. */
const FLOATS = 65536;

function kernelsForTests(): Kernels {
  const kernels = instantiateKernels(4 * FLOATS);
  if (kernels === undefined) throw new Error("test: this runtime must have WebAssembly with SIMD");
  return kernels;
}

const kernels = kernelsForTests();
const scratch = scratchEngine(kernels);
const memory = memoryEngine(kernels);

/** Values at which a product with 0, another order of roundings, or a lost sign would show. */
const awkward = fc.oneof(
  fc.constantFrom(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -0,
    0,
    2 ** -149,
    -(2 ** -127),
    3.4028234663852886e38,
  ),
  fc.float(),
);
const word = fc.oneof(
  fc.constantFrom(0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);
const anyRate = fc.oneof(
  fc.constantFrom(0, 2 ** -16, 0.5, 1 - 2 ** -16, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const task = fc.record({
  key: fc.record({ key0: word, key1: word, step: word }),
  threshold: anyRate.map(dropThreshold),
  firstBlock: fc.constantFrom(0, 64, 2 ** 31 - 64, 2 ** 32 - 6400),
  scale: fc.constantFrom(1, Math.fround(1 / 0.7), -3, 0.8864),
  shift: fc.constantFrom(-0, 0, 0.3, -1e30),
  dropped: fc.constantFrom(0, -0, -1.5, Number.NaN),
});

/** Values from a few awkward ones: a long array of arbitrary ones is slow to draw. */
function valuesOf(length: number, few: readonly number[]): Float32Array {
  return new Float32Array(length).map((_, i) => few[(i * 7) % few.length]);
}

/** Equal entry by entry, -0 apart from 0, and any NaN as NaN: which bits a NaN has, WASM leaves open. */
function expectSame(actual: Float32Array | Uint8Array, expected: Float32Array | Uint8Array): void {
  expect(actual.length).toBe(expected.length);
  const at = actual.findIndex((value, i) => !Object.is(value, expected[i]));
  expect({ at, value: actual[at] }).toEqual({ at: -1, value: undefined });
}

interface Place {
  /** Floats in front of `x` and `output`, so that neither stands where a vector does. */
  readonly xOffset: number;
  readonly outputOffset: number;
  readonly inPlace: boolean;
}

/** Runs a select in a buffer, and returns the output with two floats around it. */
function run(
  engine: Engine,
  values: Float32Array,
  { xOffset, outputOffset, inPlace }: Place,
  options: SelectOptions,
): Float32Array {
  const half = FLOATS / 2;
  const floats =
    engine === memory
      ? new Float32Array(kernels.memory, SCRATCH_BYTES, FLOATS)
      : new Float32Array(FLOATS);
  floats.fill(9);
  const x = floats.subarray(1 + xOffset, 1 + xOffset + values.length);
  x.set(values);
  const start = inPlace ? 1 + xOffset : half + 1 + outputOffset;
  selectField(x, floats.subarray(start, start + values.length), options, engine);
  return floats.slice(start - 1, start + values.length + 1);
}

const place = fc.record({
  xOffset: fc.nat(5),
  outputOffset: fc.nat(5),
  inPlace: fc.boolean(),
});
const few = fc.array(awkward, { minLength: 1, maxLength: 9 });
/** Short ones, and ones around the ends of tiles and of the chunk. */
const anyLength = fc.oneof(
  fc.nat(700),
  fc
    .tuple(fc.constantFrom(1, 2, 42, 84), fc.integer({ min: -3, max: 3 }))
    .map(([tiles, more]) => 256 * tiles + more),
);

describe.each([
  ["through the scratch", scratch],
  ["in the kernels' memory", memory],
] as const)(
  "selectField in WASM %s gives JavaScript's bits, and leaves what is around",
  (_, engine) => {
    test("with a draw for each value, at any length and alignment", () => {
      fc.assert(
        fc.property(anyLength, few, place, task, (length, some, where, options) => {
          const values = valuesOf(length, some);
          const shape = [length];
          const all = { ...options, shape, fieldShape: shape };
          expectSame(run(engine, values, where, all), run(javascriptEngine, values, where, all));
        }),
        { numRuns: 100 },
      );
    });

    test("with a smaller field, over any axes", () => {
      const axes = fc.array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.boolean()), {
        maxLength: 6,
      });
      fc.assert(
        fc.property(axes, few, place, task, (sizes, some, where, options) => {
          const shape = sizes.map(([size]) => size);
          fc.pre(sizeOf(shape) < FLOATS / 2 - 10);
          const fieldShape = sizes.map(([size, shares]) => (shares ? 1 : size));
          const values = valuesOf(sizeOf(shape), some);
          const all = { ...options, shape, fieldShape };
          expectSame(run(engine, values, where, all), run(javascriptEngine, values, where, all));
        }),
        { numRuns: 300 },
      );
    });

    // Rows and runs that the chunk (10,752 floats) or the drawn part of a field (4,096) does not hold.
    test.each([
      [
        [2, 3, 4500],
        [2, 1, 4500],
      ],
      [
        [3, 9000],
        [1, 9000],
      ],
      [
        [2, 13000],
        [2, 1],
      ],
      [[26000], [1]],
      [
        [2, 4100, 3],
        [2, 4100, 1],
      ],
      [
        [2, 2, 3500, 2],
        [2, 1, 3500, 1],
      ],
      [
        [40, 25, 30],
        [40, 1, 30],
      ],
    ])("with a field of %j over %j", (shape, fieldShape) => {
      fc.assert(
        fc.property(few, place, task, (some, where, options) => {
          const values = valuesOf(sizeOf(shape), some);
          const all = { ...options, shape, fieldShape };
          expectSame(run(engine, values, where, all), run(javascriptEngine, values, where, all));
        }),
        { numRuns: 3 },
      );
    });
  },
);

describe("WASM draws JavaScript's bits, from any block on", () => {
  test("a mask of any length", () => {
    fc.assert(
      fc.property(anyLength, task, (length, { key, threshold, firstBlock }) => {
        const source = { key, threshold, firstBlock };
        const [wasm, javascript] = [scratch, javascriptEngine].map((engine) => {
          const mask = new Uint8Array(length);
          fillMask(mask, source, engine);
          return mask;
        });
        expectSame(wasm, javascript);
      }),
    );
  });

  test("uniforms of any length", () => {
    fc.assert(
      fc.property(anyLength, task, (length, { key, firstBlock }) => {
        const [wasm, javascript] = [scratch, javascriptEngine].map((engine) => {
          const values = new Float32Array(length);
          engine.drawUniform(key, firstBlock, values);
          return values;
        });
        expectSame(wasm, javascript);
      }),
    );
  });
});

test("engines: draw as much of a field at a time, so that they cut fields alike", () => {
  expect(scratch.field.length).toBe(javascriptEngine.field.length);
});

test("kernels: take one page beside the arrays, 64 kB, all of it accounted for", () => {
  expect(kernels.PAGE.value).toBe(SCRATCH_BYTES);
  expect(kernels.chunk.byteOffset + kernels.chunk.byteLength).toBeLessThanOrEqual(SCRATCH_BYTES);
  expect(instantiateKernels(0)?.memory.byteLength).toBe(SCRATCH_BYTES);
});
