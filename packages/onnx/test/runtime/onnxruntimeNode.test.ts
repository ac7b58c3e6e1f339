import { dropBlock, dropout, forward, spatialDropout } from "@dropoutkit/core";
import * as native from "onnxruntime-node";
import { expect, test } from "vitest";
import { GraphBuilder, makeValueInfo } from "../../src/graph.js";
import { encodeModel, insertDropout, maskFeeds, type OnnxModel } from "../../src/index.js";
import { bitsOf, type Feed, float32, runModel } from "./runModel.js";

const shape = [3, 5, 8, 8];
/** Above 0: then no zero has a sign, which onnxruntime's Where does not keep. */
const values = Float32Array.from({ length: 960 }, (_, i) => 1 + (i % 7) / 8);
const x = float32(shape, values);

/** `y = abs(x)`, with sites after x and y. */
function twoSites(): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Abs", ["x"], { name: "abs", outputs: ["y"] });
  const value = { type: "float32", dims: ["batch", ...shape.slice(1)] } as const;
  return builder.model({
    name: "small",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
}

async function runNative(
  model: OnnxModel,
  feeds: Readonly<Record<string, Feed>>,
): Promise<native.Tensor["data"]> {
  const session = await native.InferenceSession.create(encodeModel(model));
  const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => [
    name,
    new native.Tensor(type, data, dims),
  ]);
  const { y } = await session.run(Object.fromEntries(tensors));
  await session.release();
  return y.data;
}

test.each(
  [
    dropout({ rate: 0.4 }),
    spatialDropout({ rate: 0.4, channels: "first" }),
    dropBlock({ rate: 0.4, blockSize: 3, channels: "first" }),
  ].flatMap((variant) =>
    (["feeds", "graph"] as const).map((noise) => ({ variant, noise, name: variant.name })),
  ),
)(
  "onnxruntime-node: the bits of onnxruntime-web and of core, $name by $noise",
  async ({ variant, noise }) => {
    const model = insertDropout(twoSites(), { variant, noise, after: { tensor: ["x", "y"] } });
    const call = { seed: 3, step: 8 };
    const feeds = { x, ...maskFeeds(model, { ...call, dims: { batch: 3 } }) };
    const bits = bitsOf(await runNative(model, feeds));
    expect(bits).toEqual(bitsOf((await runModel(model, feeds)).y.data));
    const first = forward(variant, values, { ...call, site: "x", shape, training: true });
    expect(bits).toEqual(
      bitsOf(forward(variant, first, { ...call, site: "abs", shape, training: true })),
    );
  },
);
