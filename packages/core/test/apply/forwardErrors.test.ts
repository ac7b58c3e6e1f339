import { describe, expect, test } from "vitest";
import { div, type Expr, type Field, mul, select, sqrt } from "../../src/adapter.js";
import { backward, dropout, forward, type Variant } from "../../src/index.js";

const both = [
  ["forward", forward],
  ["backward", backward],
] as const;

describe.each(both)("%s: each error", (owner, run) => {
  const x = new Float32Array(6);
  const variant = dropout({ rate: 0.5 });
  const options = { seed: 3, site: "dense", step: 1, training: true, shape: [2, 3] };
  const [part] = variant.parts;
  const withField = (field: Partial<Field>): Variant => ({
    name: "custom",
    parts: [{ ...part, field: { ...part.field, ...field } }],
  });

  test("values of another length", () => {
    expect(() => run(variant, new Float32Array(5), options)).toThrow(
      new RangeError(`${owner}: values must have 6 elements, got 5`),
    );
  });

  test("an output of another length", () => {
    expect(() => run(variant, x, options, new Float32Array(7))).toThrow(
      new RangeError(`${owner}: output must have 6 elements, got 7`),
    );
  });

  test("a shape that is none", () => {
    expect(() => run(variant, x, { ...options, shape: [-2, -3] })).toThrow(
      new RangeError(
        `${owner}: shape must be integers >= 0 with at most 17179868928 entries, got [-2, -3]`,
      ),
    );
  });

  test("a rate out of range, or nowhere", () => {
    expect(() => run(variant, x, { ...options, rate: 1.5 })).toThrow(
      new RangeError(`${owner}: rate must be in [0, 1], got 1.5`),
    );
    const { rate: _, ...rateless } = part.field;
    expect(() =>
      run({ name: "custom", parts: [{ ...part, field: rateless }] }, x, options),
    ).toThrow(new TypeError(`${owner}: rate must be a number in [0, 1], got undefined`));
  });

  test("a seed and a step that are no 32-bit integers", () => {
    expect(() => run(variant, x, { ...options, seed: -1 })).toThrow(
      new RangeError(`${owner}: seed must be an integer in [0, 2^32), got -1`),
    );
    expect(() => run(variant, x, { ...options, step: 0.5 })).toThrow(
      new RangeError(`${owner}: step must be an integer in [0, 2^32), got 0.5`),
    );
  });

  test("a noise shape that does not fit", () => {
    expect(() => run(dropout({ rate: 0.5, noiseShape: [2] }), x, options)).toThrow(
      new RangeError(`${owner}: noiseShape must broadcast to the target [2, 3], got [2]`),
    );
  });

  test("a variant of two parts, or at another place", () => {
    for (const parts of [[part, part], [{ ...part, at: "kernel" as const }], []]) {
      expect(() => run({ name: "custom", parts }, x, options)).toThrow(
        new TypeError(`${owner}: variant must act on activations alone, got custom`),
      );
    }
  });

  test.each<[string, Partial<Field>]>([
    ["per example", { perExample: true }],
    ["per timestep", { perTimestep: true }],
    ["of samples", { samples: 4 }],
  ])("a field %s", (_, field) => {
    expect(() => run(withField(field), x, options)).toThrow(
      new TypeError(`${owner}: variant must draw one field over its values, got custom`),
    );
  });

  test("a formula that reads what activations do not have", () => {
    const train = select("field", "x", "previous");
    expect(() => run({ name: "custom", parts: [{ ...part, train }] }, x, options)).toThrow(
      new TypeError("evaluatePart: leaf previous must be given, got undefined"),
    );
  });
});

test.each<[Expr]>([[sqrt("x")], [mul("x", "x")], [div(1, "x")], [select("x", "x", 0)]])(
  "backward: a formula that is not affine in x, as %j, is a TypeError",
  (train) => {
    const [part] = dropout({ rate: 0.5 }).parts;
    const options = { seed: 3, site: "dense", step: 1, training: true, shape: [6] };
    const variant = { name: "custom", parts: [{ ...part, train }] };
    expect(() => backward(variant, new Float32Array(6), options)).toThrow(
      new TypeError("backward: variant must be affine in x, got custom"),
    );
  },
);
