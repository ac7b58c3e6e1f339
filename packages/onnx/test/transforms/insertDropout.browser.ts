import { dropout, forward } from "@dropoutkit/core";
import * as ort from "onnxruntime-web/wasm";
import { expect, test } from "vitest";
import { GraphBuilder, makeValueInfo } from "../../src/graph.js";
import { encodeModel, insertDropout, maskFeeds } from "../../src/index.js";

test.each(["feeds", "graph"] as const)(
  "browser: noise from %s is core's to the bit",
  async (noise) => {
    const builder = new GraphBuilder();
    builder.op("Abs", ["x"], { name: "abs", outputs: ["y"] });
    const value = { type: "float32", dims: ["batch", 100] } as const;
    const model = builder.model({
      name: "abs",
      inputs: [makeValueInfo("x", value)],
      outputs: [makeValueInfo("y", value)],
      opset: 18,
    });
    const variant = dropout({ rate: 0.3 });
    const noisy = insertDropout(model, { variant, after: { opType: "Abs" }, noise });
    const key = { seed: 4294967295, step: 12 };
    const x = Float32Array.from({ length: 700 }, (_, i) => i / 7);
    const feeds: Record<string, ort.Tensor> = { x: new ort.Tensor("float32", x, [7, 100]) };
    const drawn = maskFeeds(noisy, { ...key, dims: { batch: 7 } });
    for (const [name, { type, data, dims }] of Object.entries(drawn)) {
      feeds[name] = new ort.Tensor(type, data, dims);
    }
    const session = await ort.InferenceSession.create(encodeModel(noisy));
    const { y } = await session.run(feeds);
    await session.release();
    expect(y.data).toEqual(
      forward(variant, x, { ...key, site: "abs", shape: [7, 100], training: true }),
    );
  },
);
