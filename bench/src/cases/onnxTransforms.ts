import {
  dropout,
  encodeModel,
  insertDropout,
  type OnnxModel,
  stripDropout,
} from "@dropoutkit/onnx";
import { copyMessage, GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import type { Case, Sides } from "../Case.js";

const relu = { variant: dropout({ rate: 0.5 }), after: { opType: "Relu" } };
const COPY = "copy of the file's bytes";
const nothing = (): void => {};

/**
 * Files through decoding, a transform and encoding. A model of 1,000 nodes takes at most 100 ms, one of
 * 200 MB at most 50 ms without encoding, and encoding one copy of its weights.
 */
export const onnxTransforms: readonly Case[] = [
  openedInstead("onnx insertDropout, 1,000 nodes, 100 sites, from file to file", (clean) => {
    return () => void encodeModel(insertDropout(clean, relu));
  }),
  openedInstead("onnx stripDropout, 1,000 nodes, 100 sites, from file to file", (clean) => {
    const noisy = encodeModel(insertDropout(clean, relu));
    return () => void encodeModel(stripDropout(noisy));
  }),
  {
    name: "onnx insertDropout, 200 MB, from file to model",
    peer: COPY,
    target: 10,
    runs: 5,
    prepare: async () => largeFile((bytes) => insertDropout(bytes, relu)),
  },
  {
    name: "onnx encodeModel, 200 MB",
    peer: COPY,
    target: 0.8,
    runs: 5,
    prepare: async () => {
      const model = withWeights();
      return { ...largeFile(nothing), ours: () => void encodeModel(model) };
    },
  },
];

/** Work on a model of 1,000 nodes, against the runtime's opening it. */
function openedInstead(name: string, workOn: (clean: Uint8Array) => () => void): Case {
  return {
    name,
    peer: "onnxruntime-web, opening the model",
    target: null,
    runs: 15,
    async prepare() {
      const bytes = encodeModel(layers({ count: 100, addsEach: 9 }));
      const peer = async (): Promise<void> => {
        const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
        await session.release();
      };
      return { ours: workOn(bytes), peer, dispose: nothing };
    },
  };
}

function largeFile(work: (bytes: Uint8Array) => unknown): Sides {
  const bytes = encodeModel(withWeights());
  return {
    ours: () => void work(bytes),
    peer: () => void new Uint8Array(bytes),
    dispose: nothing,
  };
}

/** `count` times some Adds and a Relu. */
function layers({ count, addsEach }: { count: number; addsEach: number }): OnnxModel {
  const builder = new GraphBuilder();
  let x = "x";
  for (let i = 0; i < count; i++) {
    for (let add = 0; add < addsEach; add++) x = builder.op("Add", [x, "x"]);
    x = builder.op("Relu", [x]);
  }
  const value = { type: "float32", dims: ["batch", 8] } as const;
  return builder.model({
    name: "layers",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo(x, value)],
    opset: 17,
  });
}

/** Ten layers of 20 MB. */
function withWeights(): OnnxModel {
  const model = layers({ count: 10, addsEach: 1 });
  const dims = [5_000_000];
  const weights = Array.from({ length: 10 }, (_, i) => {
    const data = new Float32Array(dims[0]);
    return makeTensor({ name: `w${i}`, type: "float32", dims, data });
  });
  return copyMessage(model, { graph: copyMessage(model.graph, { initializer: weights }) });
}
