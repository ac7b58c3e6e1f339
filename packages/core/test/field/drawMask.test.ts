import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dropThreshold, maskContractVersion } from "../../src/adapter.js";
import { drawMask, type MaskOptions } from "../../src/index.js";

const base: MaskOptions = { seed: 1, site: "dense", step: 0, shape: [256, 256], rate: 0.5 };
const entries = 256 * 256;
const kept = (mask: Uint8Array): number => mask.reduce((sum, bit) => sum + bit, 0);

describe("drawMask", () => {
  test.each([2 ** -16, 0.01, 0.1, 0.3, 0.5, 0.8, 0.99, 1 - 2 ** -16])(
    "keeps a share 1 - rate at rate %d",
    (rate) => {
      const dropped = dropThreshold(rate) / 65536;
      const count = kept(drawMask({ ...base, rate }));
      // The count is binomial; 5 standard deviations, and one entry where these are less than it.
      const bound = 1 + 5 * Math.sqrt(entries * dropped * (1 - dropped));
      expect(Math.abs(count - entries * (1 - dropped))).toBeLessThanOrEqual(bound);
    },
  );

  test("keeps all at rate 0 and nothing at rate 1, at every draw", () => {
    expect(kept(drawMask({ ...base, rate: 0 }))).toBe(entries);
    expect(kept(drawMask({ ...base, rate: 1 }))).toBe(0);
  });

  test("an entry that a rate drops is dropped at every higher rate", () => {
    const low = drawMask({ ...base, rate: 0.2 });
    const high = drawMask({ ...base, rate: 0.3 });
    expect(high.every((bit, i) => bit <= low[i])).toBe(true);
  });

  test("a smaller field is a prefix of a larger one", () => {
    const whole = drawMask({ ...base, shape: [1000] });
    fc.assert(
      fc.property(fc.nat(1000), (size) => {
        expect(drawMask({ ...base, shape: [size] })).toEqual(whole.slice(0, size));
      }),
    );
  });

  test("the bits depend on the number of entries, not on how the shape splits them", () => {
    const flat = drawMask({ ...base, shape: [24] });
    expect(drawMask({ ...base, shape: [2, 3, 4] })).toEqual(flat);
    expect(drawMask({ ...base, shape: [1, 24, 1] })).toEqual(flat);
  });

  test.each<[string, Partial<MaskOptions>]>([
    ["steps", { step: 1 }],
    ["sites", { site: "dense_1" }],
    ["seeds", { seed: 2 }],
    ["timesteps", { timestep: 1 }],
  ])("%s that differ by one are independent", (_, change) => {
    const first = drawMask(base);
    const second = drawMask({ ...base, ...change });
    const agree = first.reduce((sum, bit, i) => sum + (bit === second[i] ? 1 : 0), 0);
    // At rate 1/2 two independent entries agree with probability 1/2; 5 standard deviations.
    expect(Math.abs(agree - entries / 2)).toBeLessThanOrEqual((5 * Math.sqrt(entries)) / 2);
  });

  test.each([1, 2, 64, 128, 192, 256])(
    "entries %d apart are independent (64, 128 and 192 share a block)",
    (lag) => {
      const mask = drawMask(base);
      let agree = 0;
      for (let i = lag; i < entries; i++) agree += mask[i] === mask[i - lag] ? 1 : 0;
      const pairs = entries - lag;
      // Agreements of lagged pairs at rate 1/2 are uncorrelated with variance 1/4; 5 deviations.
      expect(Math.abs(agree - pairs / 2)).toBeLessThanOrEqual((5 * Math.sqrt(pairs)) / 2);
    },
  );

  test("timesteps lie one after another, in whole tiles of 256 entries", () => {
    const sequence = drawMask({ ...base, shape: [3, 512] });
    for (const timestep of [0, 1, 2]) {
      const field = drawMask({ ...base, shape: [300], timestep });
      expect(field).toEqual(sequence.slice(timestep * 512, timestep * 512 + 300));
    }
  });

  test("is pure: equal options give equal bits, whatever is drawn between, and stay as they were", () => {
    const options = Object.freeze({ ...base, shape: Object.freeze([7, 9]) });
    const first = drawMask(options);
    drawMask({ ...base, step: 5 });
    expect(drawMask(options)).toEqual(first);
    first.fill(2);
    expect(drawMask(options)).not.toEqual(first);
  });

  test("fills and returns the output that it is given, and nothing around it", () => {
    const memory = new Uint8Array(302).fill(9);
    const output = memory.subarray(1, 301);
    expect(drawMask({ ...base, shape: [300] }, output)).toBe(output);
    expect(output).toEqual(drawMask({ ...base, shape: [300] }));
    expect([memory[0], memory[301]]).toEqual([9, 9]);
  });

  test("an empty shape has one entry, an empty axis none", () => {
    expect(drawMask({ ...base, shape: [] })).toHaveLength(1);
    expect(drawMask({ ...base, shape: [3, 0] })).toHaveLength(0);
  });

  test("a rate out of range or missing is an error", () => {
    expect(() => drawMask({ ...base, rate: Number.NaN })).toThrow(
      new RangeError("drawMask: rate must be in [0, 1], got NaN"),
    );
    // @ts-expect-error A caller in JavaScript may leave it out.
    expect(() => drawMask({ ...base, rate: undefined })).toThrow(
      new TypeError("drawMask: rate must be a number in [0, 1], got undefined"),
    );
  });

  test.each(["seed", "step"])("a %s that is no 32-bit integer is a RangeError", (name) => {
    for (const value of [-1, 0.5, 2 ** 32, Number.NaN]) {
      expect(() => drawMask({ ...base, [name]: value })).toThrow(
        new RangeError(`drawMask: ${name} must be an integer in [0, 2^32), got ${value}`),
      );
    }
    expect(drawMask({ ...base, [name]: 2 ** 32 - 1 })).toHaveLength(entries);
  });

  test.each([[[-1]], [[2, 0.5]], [[Number.NaN]], [[2 ** 34 - 255]]])(
    "shape %j is a RangeError",
    (shape) => {
      expect(() => drawMask({ ...base, shape })).toThrow(
        new RangeError(
          `drawMask: shape must be integers >= 0 with at most 17179868928 entries, got [${shape.join(", ")}]`,
        ),
      );
    },
  );

  test("a timestep that is no integer >= 0, or ends at block 2^32, is a RangeError", () => {
    const options = { ...base, shape: [1] };
    // One entry takes 64 blocks: the last timestep is (2^32 - 64) / 64 - 1.
    const last = 2 ** 26 - 2;
    expect(drawMask({ ...options, timestep: last })).toHaveLength(1);
    for (const timestep of [last + 1, -1, 0.5, Number.NaN]) {
      expect(() => drawMask({ ...options, timestep })).toThrow(
        new RangeError(
          `drawMask: timestep must be an integer >= 0 with fewer than 2^32 blocks up to its end, got ${timestep}`,
        ),
      );
    }
  });

  test("an output of another length is a RangeError", () => {
    expect(() => drawMask({ ...base, shape: [3] }, new Uint8Array(4))).toThrow(
      new RangeError("drawMask: output must have 3 elements, got 4"),
    );
  });
});

test("maskContractVersion: a positive integer", () => {
  expect(Number.isInteger(maskContractVersion) && maskContractVersion > 0).toBe(true);
});
