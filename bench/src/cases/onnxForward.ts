import { drawUniform } from "@dropoutkit/core/adapter";
import { encodeModel, type OnnxModel, prepareFeeds } from "@dropoutkit/onnx";
import type { NoiseFeed, NoiseSource } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import type { Case } from "../Case.js";
import { BATCH, mlp, noisyMlp, SIZES } from "../mlp.js";

/** What dropout costs in the forward pass of 784-256-256-10, batch 128, with two sites: at most 8% fed, 25% in the graph. */
export const onnxForward: readonly Case[] = [
  forwardPass("feeds", 1 / 1.08),
  forwardPass("graph", 1 / 1.25),
];

function forwardPass(noise: NoiseSource, target: number): Case {
  return {
    name: `onnx forward pass of an MLP, noise from ${noise}`,
    peer: "onnxruntime-web, the model without dropout",
    target,
    runs: 300,
    async prepare() {
      const images = drawUniform({ seed: 1, site: "images", step: 0, shape: [BATCH, SIZES[0]] });
      const input = new ort.Tensor("float32", images, [BATCH, SIZES[0]]);
      const plain = mlp();
      const noisy = noisyMlp(noise);
      const ours = await sessionOf(noisy);
      const peer = await sessionOf(plain);
      const draw = prepareFeeds(noisy, { seed: 7 });
      let step = 0;
      const feeds = draw({ step });
      const tensors = Object.entries(feeds).map(([name, feed]) => [name, tensorOf(feed)]);
      const inputs = { input, ...Object.fromEntries(tensors) };
      return {
        async ours() {
          draw({ step: ++step });
          await ours.run(inputs);
        },
        peer: async () => void (await peer.run({ input })),
        async dispose() {
          await ours.release();
          await peer.release();
        },
      };
    },
  };
}

const sessionOf = (model: OnnxModel): Promise<ort.InferenceSession> =>
  ort.InferenceSession.create(encodeModel(model), { executionProviders: ["wasm"] });

const tensorOf = ({ type, data, dims }: NoiseFeed): ort.Tensor => new ort.Tensor(type, data, dims);
