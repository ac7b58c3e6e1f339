import { dropout, forward } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeValueInfo, type NoiseSource } from "../../src/graph.js";
import { encodeModel, insertDropout, maskFeeds } from "../../src/index.js";

const load = {
  wasm: () => import("onnxruntime-web/wasm"),
  webgpu: () => import("onnxruntime-web/webgpu"),
  webgl: () => import("onnxruntime-web/webgl"),
};

const variant = dropout({ rate: 0.3 });
const key = { seed: 1, step: 2 };
const shape = [7, 100];
const x = Float32Array.from({ length: 700 }, (_, i) => i / 7);
const expected = forward(variant, x, { ...key, site: "relu", shape, training: true });

/** Drops what leaves a Relu, on one provider; without `cpu` on no other beside it. */
async function run(
  provider: keyof typeof load,
  { noise, cpu = true }: { readonly noise: NoiseSource; readonly cpu?: boolean },
): Promise<unknown> {
  const ort = await load[provider]();
  const builder = new GraphBuilder();
  builder.op("Relu", ["x"], { name: "relu", outputs: ["y"] });
  const value = { type: "float32", dims: shape } as const;
  const model = builder.model({
    name: "relu",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
  const noisy = insertDropout(model, { variant, after: { opType: "Relu" }, noise });
  const tensors = Object.entries(maskFeeds(noisy, key)).map(
    ([name, { type, data, dims }]) => [name, new ort.Tensor(type, data, dims)] as const,
  );
  const session = await ort.InferenceSession.create(encodeModel(noisy), {
    executionProviders: [provider],
    ...(!cpu && { extra: { session: { disable_cpu_ep_fallback: "1" } } }),
  });
  const feeds = { x: new ort.Tensor("float32", x, shape), ...Object.fromEntries(tensors) };
  const { y } = await session.run(feeds);
  const values = y.data;
  await session.release();
  return values;
}

describe("providers of onnxruntime-web, as the README lists them", () => {
  test.each(["feeds", "graph"] as const)(
    "wasm: noise from %s is core's to the bit",
    async (noise) => {
      expect(await run("wasm", { noise })).toEqual(expected);
    },
  );

  test("webgpu: fed noise is core's to the bit, and all of it on the GPU", async () => {
    expect(await run("webgpu", { noise: "feeds", cpu: false })).toEqual(expected);
  });

  test("webgpu: masks of the graph are core's to the bit, with the CPU's bit operations", async () => {
    expect(await run("webgpu", { noise: "graph" })).toEqual(expected);
    await expect(run("webgpu", { noise: "graph", cpu: false })).rejects.toThrow("fallback to CPU");
  });

  test.each([
    ["feeds", "Where"],
    ["graph", "BitwiseXor"],
  ] as const)(
    "webgl: does not run, since of noise from %s it lacks %s",
    async (noise, operator) => {
      await expect(run("webgl", { noise })).rejects.toThrow(
        `cannot resolve operator '${operator}'`,
      );
    },
  );
});
