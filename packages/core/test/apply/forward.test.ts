import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  type Field,
  fieldShape,
  mul,
  rateScalars,
  select,
  sizeOf,
} from "../../src/adapter.js";
import {
  type ApplyOptions,
  backward,
  drawMask,
  dropout,
  forward,
  type Variant,
} from "../../src/index.js";

const training = { seed: 3, site: "dense", step: 1, training: true } as const;
const inference = { ...training, training: false } as const;
const both = [
  ["forward", forward],
  ["backward", backward],
] as const;

/** Values at which a product with 0, or a rounding in between, would show. */
const awkward = Float32Array.of(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
  0,
  2 ** -149,
  -(2 ** -149),
  3.4028234663852886e38,
  1,
);
const anyRate = fc.oneof(
  fc.constantFrom(0, 2 ** -16, 0.5, 1 - 2 ** -16, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

/** What the contract says, entry by entry; `toEqual` tells -0 from 0 and takes NaN for NaN. */
function naive(
  x: Float32Array,
  { field, ...options }: ApplyOptions & { field: Field },
): Float32Array {
  const rate = options.rate ?? field.rate ?? Number.NaN;
  const noise = fieldShape("fieldShape", field, options.shape);
  const mask = drawMask({ ...options, site: `${options.site}/activation`, shape: noise, rate });
  const { gain } = rateScalars(rate);
  return x.map((value, i) => {
    let rest = i;
    let at = 0;
    let stride = 1;
    for (let axis = noise.length - 1; axis >= 0; axis--) {
      const index = rest % options.shape[axis];
      rest = (rest - index) / options.shape[axis];
      if (noise[axis] !== 1) at += index * stride;
      stride *= noise[axis];
    }
    return mask[at] === 1 ? Math.fround(gain * value) : 0;
  });
}

describe.each(both)("%s of dropout", (_, run) => {
  test("is the identity at rate 0, whatever the value", () => {
    fc.assert(
      fc.property(fc.float32Array(), (x) => {
        expect(run(dropout({ rate: 0 }), x, { ...training, shape: [x.length] })).toEqual(x);
      }),
    );
    expect(run(dropout({ rate: 0 }), awkward, { ...training, shape: [9] })).toEqual(awkward);
  });

  test("is the identity at inference, whatever the rate", () => {
    fc.assert(
      fc.property(fc.float32Array(), anyRate, (x, rate) => {
        expect(run(dropout({ rate }), x, { ...inference, shape: [x.length] })).toEqual(x);
      }),
    );
  });

  test("is exactly 0 at rate 1, also where a value is NaN or infinite", () => {
    expect(run(dropout({ rate: 1 }), awkward, { ...training, shape: [9] })).toEqual(
      new Float32Array(9),
    );
  });

  test("is fround(gain * x) where the mask keeps, and 0 where it drops", () => {
    fc.assert(
      fc.property(fc.float32Array({ maxLength: 600 }), anyRate, (x, rate) => {
        const shape = [x.length];
        expect(run(dropout({ rate }), x, { ...training, shape })).toEqual(
          naive(x, { ...training, shape, field: { draw: "bernoulli", rate } }),
        );
      }),
    );
  });

  test("keeps and drops NaN, infinities, -0 and denormals like any value", () => {
    const x = new Float32Array(9000).map((_, i) => awkward[i % 9]);
    const y = run(dropout({ rate: 0.5 }), x, { ...training, shape: [9000] });
    expect(y).toEqual(
      naive(x, { ...training, shape: [9000], field: { draw: "bernoulli", rate: 0.5 } }),
    );
    const kinds = new Set(Array.from(y, (value) => (Object.is(value, -0) ? "-0" : `${value}`)));
    // Each kind survived somewhere (2^-149 doubled, the largest float32 overflowed to Infinity).
    expect(kinds).toEqual(
      new Set(["NaN", "Infinity", "-Infinity", "-0", "0", "2", `${2 ** -148}`, `${-(2 ** -148)}`]),
    );
  });

  test("keeps the mean", () => {
    const entries = 100_000;
    const ones = new Float32Array(entries).fill(1);
    for (const rate of [0.1, 0.5, 0.9]) {
      const y = run(dropout({ rate }), ones, { ...training, shape: [entries] });
      const mean = y.reduce((sum, value) => sum + value, 0) / entries;
      // An entry is gain or 0: variance rate / keep; 5 standard errors.
      const bound = 5 * Math.sqrt(rate / (1 - rate) / entries);
      expect(Math.abs(mean - 1)).toBeLessThanOrEqual(bound);
    }
  });

  test("broadcasts a noise shape as a naive loop does", () => {
    const cases = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { maxLength: 4 })
      .chain((axes) => fc.tuple(fc.constant(axes), fc.nat(axes.length), anyRate));
    fc.assert(
      fc.property(cases, ([axes, lead, rate]) => {
        const shape = axes.map(([size]) => size);
        const noiseShape = axes.slice(lead).map(([, whole]) => (whole ? null : 1));
        const x = new Float32Array(sizeOf(shape)).map((_, i) => i + 1);
        expect(run(dropout({ rate, noiseShape }), x, { ...training, shape })).toEqual(
          naive(x, { ...training, shape, field: { draw: "bernoulli", rate, noiseShape } }),
        );
      }),
    );
  });

  test.each([undefined, [null, 1]])("works in place, noise shape %j", (noiseShape) => {
    const variant = dropout({ rate: 0.5, ...(noiseShape && { noiseShape }) });
    const x = new Float32Array(600).map((_, i) => i + 1);
    const options = { ...training, shape: [200, 3] };
    const y = run(variant, x, options);
    expect(run(variant, x, options, x)).toBe(x);
    expect(x).toEqual(y);
  });

  test("leaves x as it was, and nothing around the output that it is given", () => {
    const x = new Float32Array(300).fill(2);
    const memory = new Float32Array(302).fill(9);
    const output = memory.subarray(1, 301);
    const options = { ...training, shape: [300] };
    expect(run(dropout({ rate: 0.5 }), x, options, output)).toBe(output);
    expect(output).toEqual(run(dropout({ rate: 0.5 }), x, options));
    expect(x).toEqual(new Float32Array(300).fill(2));
    expect([memory[0], memory[301]]).toEqual([9, 9]);
  });

  test("takes no elements, and one", () => {
    const empty = new Float32Array(0);
    expect(run(dropout({ rate: 0.5 }), empty, { ...training, shape: [0, 7] })).toEqual(empty);
    const drawn = [0, 1, 2, 3, 4, 5, 6, 7].map(
      (step) =>
        run(dropout({ rate: 0.5 }), Float32Array.of(3), { ...training, step, shape: [] })[0],
    );
    expect(new Set(drawn)).toEqual(new Set([0, 6]));
  });

  test("a rate given at the call replaces the variant's, as a schedule does", () => {
    const x = new Float32Array(500).fill(1);
    const options = { ...training, shape: [500] };
    expect(run(dropout({ rate: 0.1 }), x, { ...options, rate: 0.6 })).toEqual(
      run(dropout({ rate: 0.6 }), x, options),
    );
    expect(run(dropout({ rate: 0.1 }), x, { ...options, rate: 0 })).toEqual(x);
  });
});

test("backward: is forward's gradient; dropout is linear, so it is forward's own map", () => {
  fc.assert(
    fc.property(fc.float32Array({ maxLength: 600 }), anyRate, (dy, rate) => {
      const options = { ...training, shape: [dy.length] };
      expect(backward(dropout({ rate }), dy, options)).toEqual(
        forward(dropout({ rate }), dy, options),
      );
    }),
  );
});

describe("a select with a shift and a constant", () => {
  const affine: Variant = {
    name: "affine",
    parts: [
      {
        at: "activation",
        field: { draw: "bernoulli", rate: 0.5 },
        train: select("field", add(mul(2, "x"), 3), -1),
        infer: "x",
      },
    ],
  };
  const options = { ...training, shape: [1000] };
  const mask = drawMask({ ...options, site: "dense/activation", rate: 0.5 });

  test("forward: shifts survivors and puts the constant elsewhere", () => {
    const y = forward(affine, new Float32Array(1000).fill(5), options);
    expect(y).toEqual(Float32Array.from(mask, (kept) => (kept === 1 ? 13 : -1)));
  });

  test("backward: has neither shift nor constant", () => {
    const dx = backward(affine, new Float32Array(1000).fill(5), options);
    expect(dx).toEqual(Float32Array.from(mask, (kept) => (kept === 1 ? 10 : 0)));
  });
});
