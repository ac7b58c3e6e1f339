import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import { insertDropConnect, maskFeeds, type OnnxModel, stripDropout } from "../../src/index.js";
import { copyMessage } from "../../src/model/copyModel.js";
import { DataType } from "../../src/model/schema.js";
import { float32, runModel } from "../runtime/runModel.js";

const rows = 6;
const columns = 5;
/** Eighths in [-1, 1]: with a rate of 1/2 all products and sums of them are exact in float16. */
const weights = Float32Array.from({ length: rows * columns }, (_, i) => (((i * 7) % 17) - 8) / 8);
const x = float32(
  [3, rows],
  Float32Array.from({ length: 3 * rows }, (_, i) => (i % 3) - 1),
);

/** An eighth in [-1, 1] as float16: ten bits of fraction behind an exponent with a bias of 15. */
function float16Bits(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = (Math.abs(value) / 2 ** exponent - 1) * 2 ** 10;
  return (value < 0 ? 0x8000 : 0) + ((exponent + 15) << 10) + fraction;
}

/** `y = x · w` in float16 or float32, with float32 at its ends. The runtime has no product of bfloat16. */
function productModel(opType: string, dataType: DataType): OnnxModel {
  const builder = new GraphBuilder();
  const w = makeTensor({ name: "w", type: "float32", dims: [rows, columns], data: weights });
  const rawData = new Uint8Array(Uint16Array.from(weights, float16Bits).buffer);
  builder.constant(dataType === DataType.FLOAT ? w : copyMessage(w, { dataType, rawData }));
  const cast = (tensor: string, to: DataType, output: string): string =>
    builder.op("Cast", [tensor], { attributes: { to }, outputs: [output] });
  cast("x", dataType, "inner");
  builder.op(opType, ["inner", "w"], { name: "layer", outputs: ["product"] });
  cast("product", DataType.FLOAT, "y");
  return builder.model({
    name: "half",
    inputs: [makeValueInfo("x", { type: "float32", dims: ["batch", rows] })],
    outputs: [makeValueInfo("y", { type: "float32", dims: ["batch", columns] })],
    opset: 18,
  });
}

describe.each(["feeds", "graph"] as const)("with noise from %s", (noise) => {
  test.each([
    ["MatMul", "batch"],
    ["MatMul", "example"],
    ["Gemm", "batch"],
    ["Gemm", "example"],
  ] as const)(
    "%s, per %s: weights of float16 are dropped as those of float32",
    async (opType, per) => {
      const options = { rate: 0.5, per, noise, nodes: { opType } };
      const half = productModel(opType, DataType.FLOAT16);
      const single = productModel(opType, DataType.FLOAT);
      const outputs = [half, single].map(async (model) => {
        const noisy = insertDropConnect(model, options);
        const feeds = maskFeeds(noisy, { seed: 1, step: 2, dims: { batch: 3 } });
        const { y } = await runModel(noisy, { ...feeds, x });
        return y.data;
      });
      const [ours, expected] = await Promise.all(outputs);
      const { y: clean } = await runModel(single, { x });
      expect(ours).toEqual(expected);
      expect(ours).not.toEqual(clean.data);
      expect(stripDropout(insertDropConnect(half, options))).toEqual(half);
    },
  );
});
