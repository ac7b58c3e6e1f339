import { type Field, planField } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Draw,
  floatBits,
  hashOf,
  readVectors,
  title,
} from "../../../core/test/field/maskVectors.js";
import { currentDevice } from "../../src/device/currentDevice.js";

async function draw(
  field: Field,
  { seed, site, step, timestep, shape }: Draw,
): Promise<tf.TypedArray> {
  const key = { seed, site, step, ...(timestep !== undefined && { timestep }) };
  const tensor = currentDevice().draw(planField(field, { ...key, target: shape }));
  expect(tensor.shape).toEqual(shape);
  expect(tensor.dtype).toBe(field.draw === "bernoulli" ? "bool" : "float32");
  const data = await tensor.data();
  tensor.dispose();
  return data;
}

/** States that the device of a backend draws the fields of the contract's document. */
export function describeContract(backend: string, document: string): void {
  const vectors = readVectors(document);

  describe(`${backend}: draws the contract's vectors`, () => {
    beforeAll(async () => {
      expect(await tf.setBackend(backend)).toBe(true);
    });

    test.each(vectors.bernoulli.map((row) => [title(row), row.threshold, row] as const))(
      "bernoulli %s, T %d",
      async (_, threshold, { first, kept, hash, ...row }) => {
        const mask = await draw({ draw: "bernoulli", rate: threshold / 65536 }, row);
        expect(mask.subarray(0, 32).join("")).toBe(first);
        expect(mask.filter((bit) => bit === 1)).toHaveLength(kept);
        expect(hashOf(Uint8Array.from(mask))).toBe(hash);
      },
    );

    test.each(vectors.uniform.map((row) => [title(row), row] as const))(
      "uniform %s",
      async (_, { first, hash, ...row }) => {
        const field = await draw({ draw: "uniform" }, row);
        expect(Array.from(field.subarray(0, first.length), floatBits)).toEqual(first);
        expect(hashOf(field)).toBe(hash);
      },
    );

    test.each(vectors.normal.map((row) => [title(row), row] as const))(
      "normal %s",
      async (_, { uniforms, entries, ...row }) => {
        expect(hashOf(await draw({ draw: "uniform" }, row))).toBe(uniforms);
        const field = await draw({ draw: "normal" }, row);
        for (const [index, value] of Object.entries(entries)) {
          // The contract's bound, and the vector's 9 decimals.
          const bound = 2 ** -18 * Math.max(1, Math.abs(value)) + 0.5e-9;
          expect(Math.abs(field[Number(index)] - value)).toBeLessThanOrEqual(bound);
        }
      },
    );

    test.each(vectors.grown.map((row) => [title(row), row.size, row.rate, row] as const))(
      "grown %s, size %d, rate %d",
      async (_, size, rate, { first, kept, hash, axes, ...row }) => {
        const field = { draw: "bernoulli", rate, grow: { size, axes } } as const;
        const mask = await draw(field, row);
        expect(mask.subarray(0, 32).join("")).toBe(first);
        expect(mask.filter((bit) => bit === 1)).toHaveLength(kept);
        expect(hashOf(Uint8Array.from(mask))).toBe(hash);
      },
    );
  });
}
