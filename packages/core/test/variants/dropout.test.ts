import { describe, expect, test } from "vitest";
import { fusedSelect } from "../../src/adapter.js";
import { dropout } from "../../src/index.js";

describe("dropout", () => {
  test("is data: one Bernoulli part on activations, the identity at inference", () => {
    const { parts } = dropout({ rate: 0.25 });
    expect(parts).toHaveLength(1);
    expect(parts[0]).toMatchObject({
      at: "activation",
      field: { draw: "bernoulli", rate: 0.25 },
      infer: "x",
    });
    expect(fusedSelect(parts[0].train)).toEqual({ scale: "gain", shift: -0, dropped: 0 });
  });

  test("survives JSON, so that it can be saved with a model", () => {
    const variant = dropout({ rate: 0.25, noiseShape: [null, 1, 3] });
    expect(JSON.parse(JSON.stringify(variant))).toEqual(variant);
  });

  test.each([1.0000001, -1e-9, Number.NaN])("rate %d is a RangeError", (rate) => {
    expect(() => dropout({ rate })).toThrow(
      new RangeError(`dropout: rate must be in [0, 1], got ${rate}`),
    );
  });

  test("a missing rate is a TypeError", () => {
    // @ts-expect-error A caller in JavaScript may leave it out.
    expect(() => dropout({})).toThrow(
      new TypeError("dropout: rate must be a number in [0, 1], got undefined"),
    );
  });

  test.each([0, -1, 1.5, Number.NaN])("noiseShape with %d is a RangeError", (size) => {
    expect(() => dropout({ rate: 0.5, noiseShape: [null, size] })).toThrow(
      new RangeError(`dropout: noiseShape must be null or integers >= 1, got ${size}`),
    );
  });
});
