import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeValueInfo } from "../../src/index.js";
import { DROPOUT_KEY, emitBernoulli } from "../../src/noise/emitBernoulli.js";
import { runModel } from "../runModel.js";

interface Row {
  readonly seed: number;
  readonly site: string;
  readonly step: number;
  readonly timestep?: number;
  readonly shape: readonly number[];
  readonly threshold: number;
  readonly first: string;
  readonly kept: number;
  readonly hash: string;
}

const contract = readFileSync(
  new URL("../../../../docs/mask-contract.md", import.meta.url),
  "utf8",
);
const { bernoulli }: { bernoulli: readonly Row[] } = JSON.parse(
  contract.split("```json\n")[1].split("```")[0],
);

/** 32-bit FNV-1a of bytes. */
function fnv1a(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

describe.each(["disabled", "all"] as const)("emitBernoulli at graph optimisation %s", (level) => {
  // Loops are not drawn in graphs yet: no rows with a timestep.
  test.each(bernoulli.filter(({ timestep }) => timestep === undefined))(
    "draws the contract's vector: site $site, seed $seed, step $step, shape $shape, T $threshold",
    async ({ site, seed, step, shape, threshold, ...row }) => {
      const builder = new GraphBuilder();
      const sizes = builder.ints(shape);
      emitBernoulli(builder, { site, rate: threshold / 65536, shape: sizes, output: "mask" });
      const model = builder.model({
        name: "mask",
        inputs: [makeValueInfo(DROPOUT_KEY, { type: "uint32", dims: [2] })],
        outputs: [makeValueInfo("mask", { type: "bool", dims: shape })],
        opset: 18,
      });
      const key = { type: "uint32", data: Uint32Array.of(seed, step), dims: [2] } as const;
      const { mask } = await runModel(model, { [DROPOUT_KEY]: key }, level);
      if (!(mask.data instanceof Uint8Array)) throw new TypeError("mask must be bool");
      expect(mask.dims).toEqual(shape);
      expect(mask.data.subarray(0, 32).join("")).toBe(row.first);
      expect(mask.data.reduce((sum, bit) => sum + bit, 0)).toBe(row.kept);
      expect(fnv1a(mask.data)).toBe(row.hash);
    },
  );
});
