import { expect } from "vitest";
import { floatsOf } from "../runtime/runModel.js";

/** What of an output is compared. */
export type Outputs = Readonly<
  Record<string, { readonly dims: readonly number[]; readonly data: unknown }>
>;

/**
 * Compares every output. The operator and the Scan add up to 5 + 5 + 3 products of a timestep in another order
 * and evaluate activations by other polynomials: some 10 roundings of 2^-24 of the largest value, through 5
 * timesteps that may each double them, are below 1e-5 of it.
 */
export function expectClose(got: Outputs, expected: Outputs): void {
  expect(Object.keys(got)).toEqual(Object.keys(expected));
  for (const name in expected) {
    expect(got[name].dims).toEqual(expected[name].dims);
    const [a, b] = [floatsOf(got[name].data), floatsOf(expected[name].data)];
    const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    b.forEach((value, i) => {
      const error = Math.abs(value - a[i]) / largest;
      expect(error, `${name}[${i}]: ${a[i]} for ${value}`).toBeLessThan(1e-5);
    });
  }
}
