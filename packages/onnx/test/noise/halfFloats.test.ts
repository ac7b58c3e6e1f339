import { alphaDropout, dropout, forward, gaussianDropout } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeValueInfo } from "../../src/graph.js";
import { insertDropout, maskFeeds, type OnnxModel } from "../../src/index.js";
import { DataType } from "../../src/model/schema.js";
import { float32, runModel } from "../runtime/runModel.js";

/** `y = abs(half(x))` as float32, where `half` and `abs` are of an element type of 16 bits. */
function halfModel(to: DataType): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Cast", ["x"], { attributes: { to }, outputs: ["half"], name: "half" });
  builder.op("Identity", ["half"], { outputs: ["same"] });
  builder.op("Cast", ["same"], { attributes: { to: DataType.FLOAT }, outputs: ["y"] });
  const value = { type: "float32", dims: ["batch", 100] } as const;
  return builder.model({
    name: "half",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
}

/** The nearest number with `bits` bits of significand, ties to even; none here is subnormal in 16 bits. */
function rounded(value: number, bits: number): number {
  if (value === 0) return 0;
  const step = 2 ** (Math.floor(Math.log2(Math.abs(value))) - bits + 1);
  const steps = value / step;
  const below = Math.floor(steps);
  const up = steps - below > 0.5 || (steps - below === 0.5 && below % 2 !== 0);
  return (up ? below + 1 : below) * step;
}

const shape = [3, 100];
const key = { seed: 2, step: 9 };

describe.each([
  { name: "float16", type: DataType.FLOAT16, bits: 11 },
  { name: "bfloat16", type: DataType.BFLOAT16, bits: 8 },
])("$name", ({ type, bits }) => {
  describe.each(["feeds", "graph"] as const)("with noise from %s", (noise) => {
    test.each([
      dropout({ rate: 0.3 }),
      alphaDropout({ rate: 0.3 }),
      gaussianDropout({ rate: 0.3 }),
    ])("$name is computed in float32 and rounded once", async (variant) => {
      const x = Float32Array.from({ length: 300 }, (_, i) => rounded(Math.sin(i + 1), bits));
      const model = insertDropout(halfModel(type), {
        variant,
        after: { tensor: "half" },
        noise,
      });
      for (const level of ["disabled", "all"] as const) {
        const feeds = maskFeeds(model, { ...key, dims: { batch: 3 } });
        const { y } = await runModel(model, { ...feeds, x: float32(shape, x) }, level);
        const options = { ...key, shape, site: "half", training: true };
        const exact = forward(variant, x, options);
        exact.forEach((value, i) => {
          // Normals of the graph may lie on the other side of a rounding boundary.
          const slack = noise === "graph" && variant.name === "gaussianDropout" ? 2 ** -bits : 0;
          const bound = slack * 2 * Math.abs(value);
          expect(Math.abs(Number(y.data[i]) - rounded(value, bits))).toBeLessThanOrEqual(bound);
        });
      }
    });
  });
});
