import { type Field, type Part, sizeOf } from "@dropoutkit/core/adapter";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeValueInfo } from "../../src/graph.js";
import { DROPOUT_KEY } from "../../src/noise/dropoutKey.js";
import { emitField } from "../../src/noise/emitField.js";
import { emitFormula } from "../../src/noise/emitFormula.js";
import { runModel } from "../runtime/runModel.js";
import { fnv1a, vectors } from "./contract.js";

interface Draw {
  readonly field: Field;
  readonly seed: number;
  readonly site: string;
  readonly step: number;
  readonly timestep?: number;
  readonly shape: readonly number[];
}

interface How {
  readonly optimization: "disabled" | "all";
  /** Whether the model knows the sizes, or only the run; those of blocks are always known. */
  readonly sizes: "known" | "named";
}

/** Draws a field in a graph. */
async function drawInGraph(
  { field, seed, site, step, timestep, shape }: Draw,
  { optimization, sizes }: How,
) {
  const isNamed = sizes === "named" && field.grow === undefined;
  const dims = shape.map((size, axis) => (isNamed ? `size${axis}` : size));
  const empty = new GraphBuilder().model({ name: "field", inputs: [], outputs: [], opset: 18 });
  const builder = new GraphBuilder("s");
  const int64 = (values: readonly number[]) => BigInt64Array.from(values, BigInt);
  const { tensor } = emitField(empty, builder, {
    owner: "test",
    field,
    site,
    noise: "graph",
    target: { name: "x", dims, shape: "shape" },
    ...(timestep !== undefined && { iteration: { index: "index", count: "steps" } }),
  });
  const outputs = [tensor];
  if (field.grow) {
    // A formula that is the gain alone, of float32.
    const part: Part = { at: "activation", field, train: "gain", infer: "x" };
    const info = { dataType: 1 };
    const options = { owner: "test", part, formula: "train", x: "x", info } as const;
    outputs.push(emitFormula(builder, { ...options, leaves: { field: tensor } }).value);
  }
  const model = builder.model({
    name: "field",
    inputs: [
      ...empty.graph.input,
      makeValueInfo("shape", { type: "int64", dims: [shape.length] }),
      ...(timestep === undefined ? [] : [makeValueInfo("index", { type: "int64", dims: [] })]),
    ],
    outputs: outputs.map((name, i) =>
      makeValueInfo(name, {
        type: i === 0 && field.draw === "bernoulli" ? "bool" : "float32",
        dims: i === 0 ? dims : [],
      }),
    ),
    opset: 18,
  });
  const results = await runModel(
    model,
    {
      [DROPOUT_KEY]: { type: "uint32", data: Uint32Array.of(seed, step), dims: [2] },
      shape: { type: "int64", data: int64(shape), dims: [shape.length] },
      ...(timestep !== undefined && {
        index: { type: "int64", data: int64([timestep]), dims: [] } as const,
      }),
    },
    optimization,
  );
  const [drawn, gain] = outputs.map((name) => results[name]);
  expect(drawn.dims).toEqual(shape);
  return { data: drawn.data, gain: gain?.data };
}

const bytesOf = (data: unknown): Uint8Array => {
  if (!(data instanceof Uint8Array || data instanceof Float32Array)) throw new TypeError();
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};
const floatBits = (data: unknown): string[] => {
  if (!(data instanceof Float32Array)) throw new TypeError("data must be float32");
  return Array.from(new Uint32Array(data.buffer, data.byteOffset, data.length), (bits) =>
    bits.toString(16).padStart(8, "0"),
  );
};

const ways: readonly How[] = [
  { optimization: "disabled", sizes: "known" },
  { optimization: "all", sizes: "known" },
  { optimization: "disabled", sizes: "named" },
  { optimization: "all", sizes: "named" },
];

describe.each(ways)("emitField at graph optimisation $optimization, sizes $sizes", (how) => {
  test.each(vectors.bernoulli)(
    "Bernoulli vector: site $site, seed $seed, step $step, timestep $timestep, shape $shape, T $threshold",
    async (row) => {
      const field = { draw: "bernoulli", rate: row.threshold / 65536 } as const;
      const mask = bytesOf((await drawInGraph({ ...row, field }, how)).data);
      expect(mask.subarray(0, 32).join("")).toBe(row.first);
      expect(mask.reduce((sum, bit) => sum + bit, 0)).toBe(row.kept);
      expect(fnv1a(mask)).toBe(row.hash);
    },
  );

  test.each(vectors.uniform)(
    "uniform vector: site $site, seed $seed, step $step, timestep $timestep, shape $shape",
    async (row) => {
      const { data } = await drawInGraph({ ...row, field: { draw: "uniform" } }, how);
      expect(floatBits(data).slice(0, 8)).toEqual(row.first);
      expect(fnv1a(bytesOf(data))).toBe(row.hash);
    },
  );

  test.each(vectors.normal)(
    "normal vector: site $site, seed $seed, step $step, timestep $timestep, shape $shape",
    async (row) => {
      const { data } = await drawInGraph({ ...row, field: { draw: "normal" } }, how);
      expect(data).toHaveLength(sizeOf(row.shape));
      for (const [entry, value] of Object.entries(row.entries)) {
        // The contract's bound, and half of the vectors' last digit.
        const bound = 2 ** -18 * Math.max(1, Math.abs(value)) + 5e-10;
        expect(Math.abs(Number(data[Number(entry)]) - value)).toBeLessThanOrEqual(bound);
      }
    },
  );

  test.each(vectors.grown)(
    "grown vector: site $site, step $step, timestep $timestep, shape $shape, rate $rate, size $size",
    async ({ rate, size, axes, ...row }) => {
      const field = { draw: "bernoulli", rate, grow: { size, axes } } as const;
      const { data, gain } = await drawInGraph({ ...row, field }, how);
      const mask = bytesOf(data);
      expect(mask.subarray(0, 32).join("")).toBe(row.first);
      expect(mask.reduce((sum, bit) => sum + bit, 0)).toBe(row.kept);
      expect(fnv1a(mask)).toBe(row.hash);
      expect(floatBits(gain)).toEqual([row.gain]);
    },
  );
});
