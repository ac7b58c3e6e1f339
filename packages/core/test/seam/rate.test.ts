import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkRate, dropThreshold, rateScalars } from "../../src/adapter.js";

const rates = fc.double({ min: 0, max: 1, noNaN: true });

describe("checkRate", () => {
  test("returns any number in [0, 1], -0 too", () => {
    fc.assert(
      fc.property(rates, (rate) => {
        expect(checkRate("owner", rate)).toBe(rate);
      }),
    );
    expect(checkRate("owner", -0)).toBe(-0);
  });

  test.each([1.0000001, -1e-300, Number.NaN, Number.POSITIVE_INFINITY, -1])(
    "%d is a RangeError",
    (rate) => {
      expect(() => checkRate("owner", rate)).toThrow(
        new RangeError(`owner: rate must be in [0, 1], got ${rate}`),
      );
    },
  );

  test.each([undefined, null, "0.5", true, {}, Symbol("rate")])("%s is a TypeError", (rate) => {
    expect(() => checkRate("owner", rate)).toThrow(
      new TypeError(`owner: rate must be a number in [0, 1], got ${String(rate)}`),
    );
  });
});

describe("dropThreshold", () => {
  test("is the nearest multiple of 2^-16, halves up", () => {
    fc.assert(
      fc.property(rates, (rate) => {
        const threshold = dropThreshold(rate);
        expect(Number.isInteger(threshold)).toBe(true);
        // Half a step, and the rounding of rate * 65536 + 0.5, at most 2^-37, for rates in [0, 1].
        expect(Math.abs(threshold - rate * 65536)).toBeLessThanOrEqual(0.5 + 2 ** -37);
      }),
    );
    expect(dropThreshold(0.5 / 65536)).toBe(1);
    expect(dropThreshold(0.4999 / 65536)).toBe(0);
    expect(dropThreshold(-0)).toBe(0);
    expect(dropThreshold(1)).toBe(65536);
  });

  test("grows with the rate", () => {
    fc.assert(
      fc.property(rates, rates, (a, b) => {
        expect(dropThreshold(Math.min(a, b))).toBeLessThanOrEqual(dropThreshold(Math.max(a, b)));
      }),
    );
  });

  test("NaN is a RangeError", () => {
    expect(() => dropThreshold(Number.NaN)).toThrow(
      new RangeError("dropThreshold: rate must be in [0, 1], got NaN"),
    );
  });
});

describe("rateScalars", () => {
  test("rate and keep are multiples of 2^-16 that add to exactly 1", () => {
    fc.assert(
      fc.property(rates, (rate) => {
        const scalars = rateScalars(rate);
        expect(scalars.rate).toBe(dropThreshold(rate) / 65536);
        expect(scalars.rate + scalars.keep).toBe(1);
      }),
    );
  });

  test("gain is 1 / keep as a float32, so that keep * gain is 1 within half a unit of float32", () => {
    fc.assert(
      fc.property(fc.nat(65535), (threshold) => {
        const { keep, gain } = rateScalars(threshold / 65536);
        expect(gain).toBe(Math.fround(1 / keep));
        expect(Math.abs(keep * gain - 1)).toBeLessThanOrEqual(2 ** -24);
      }),
    );
  });

  test("rate 0 is the identity's scalars, rate 1 has gain 0", () => {
    expect(rateScalars(0)).toEqual({ rate: 0, keep: 1, gain: 1 });
    expect(rateScalars(1)).toEqual({ rate: 1, keep: 0, gain: 0 });
  });
});
