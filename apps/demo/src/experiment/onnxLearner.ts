import { dropout } from "@dropoutkit/core";
import {
  GraphBuilder,
  insertDropout,
  makeTensor,
  makeValueInfo,
  type OnnxModel,
} from "@dropoutkit/onnx";
import { adam, crossEntropy, type RunResult, Trainer } from "@dropoutkit/onnx-training";
import * as ort from "onnxruntime-web";
import {
  type Batch,
  countCorrect,
  type Learner,
  type LearnerOptions,
  type Score,
} from "./Learner.js";
import { type Dense, EPSILON, initialNetwork } from "./network.js";

/** The article's network as an ONNX model, trained in onnxruntime-web. */
export async function onnxLearner({ rate, seed, learningRate }: LearnerOptions): Promise<Learner> {
  const network = initialNetwork(seed);
  const clean = modelOf(network);
  const model = rate === undefined ? clean : withDropout(clean, rate);
  const trainer = await Trainer.create(ort, model, {
    loss: crossEntropy({ logits: "logits" }),
    optimizer: adam({ learningRate, epsilon: EPSILON }),
    seed,
  });
  return {
    step: async (batch) => scoreOf(batch, await trainer.step(feedsOf(batch))),
    evaluate: async (batch) => scoreOf(batch, await trainer.evaluate(feedsOf(batch))),
    dispose: () => trainer.dispose(),
  };
}

function modelOf(network: readonly Dense[]): OnnxModel {
  const builder = new GraphBuilder();
  let x = "input";
  network.forEach(({ inputs, units, kernel, bias, dropout: site }, layer) => {
    const name = `dense${layer + 1}`;
    const weights = [
      makeTensor({ name: `${name}.kernel`, type: "float32", dims: [inputs, units], data: kernel }),
      makeTensor({ name: `${name}.bias`, type: "float32", dims: [units], data: bias }),
    ].map((tensor) => builder.constant(tensor));
    const outputs = site === undefined ? { outputs: ["logits"] } : {};
    x = builder.op("Gemm", [x, ...weights], { name, ...outputs });
    // The Relu has the name of its dropout: sites are named after the node that they follow.
    if (site !== undefined) x = builder.op("Relu", [x], { name: site });
  });
  return builder.model({
    name: "mlp",
    inputs: [makeValueInfo("input", { type: "float32", dims: ["batch", network[0].inputs] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: ["batch", 10] })],
    opset: 18,
  });
}

const withDropout = (model: OnnxModel, rate: number): OnnxModel =>
  insertDropout(model, { variant: dropout({ rate }), after: { opType: "Relu" } });

function feedsOf({ images, labels, size }: Batch): Record<string, ort.Tensor> {
  return {
    input: new ort.Tensor("float32", images, [size, images.length / size]),
    labels: new ort.Tensor("int64", BigInt64Array.from(labels, BigInt), [size]),
  };
}

function scoreOf(batch: Batch, { loss, outputs }: RunResult): Score {
  const { data } = outputs.logits;
  if (!(data instanceof Float32Array)) throw new TypeError("onnxLearner: logits must be float32");
  return { loss, correct: countCorrect(data, batch) };
}
