import { dropout } from "@dropoutkit/core";
import {
  GraphBuilder,
  insertDropout,
  makeTensor,
  makeValueInfo,
  type OnnxModel,
} from "@dropoutkit/onnx";
import type { Learner, LearnerOptions } from "./Learner.js";
import { modelLearner } from "./modelLearner.js";
import { type Activation, type Dense, initialNetwork } from "./network.js";
import { type Noise, variantOf } from "./noise.js";

/** The article's network as an ONNX model, trained in onnxruntime-web. */
export function onnxLearner({
  network,
  noise,
  maxNorm,
  seed,
  saved,
}: LearnerOptions): Promise<Learner> {
  const layers = initialNetwork(seed, network);
  const clean = modelOf(layers, network.activation);
  const hidden = layers.flatMap(({ dropout: site }, i) => (site ? [`dense${i + 1}.kernel`] : []));
  return modelLearner({
    model: noise === undefined ? clean : withNoise(clean, noise),
    maxNorm: maxNorm === undefined ? undefined : { limit: maxNorm, parameters: hidden },
    seed,
    saved,
  });
}

function withNoise(clean: OnnxModel, { variant, rates, inputRate }: Noise): OnnxModel {
  const noisy = rates.reduce(
    (model, rate, i) => variantOf(variant).transform(model, { layer: i + 1, rate }),
    clean,
  );
  if (inputRate === 0) return noisy;
  return insertDropout(noisy, {
    variant: dropout({ rate: inputRate }),
    after: { tensor: "input" },
  });
}

function modelOf(network: readonly Dense[], activation: Activation): OnnxModel {
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
    // The activation has the name of its dropout: sites are named after the node that they follow.
    const opType = activation === "relu" ? "Relu" : "Selu";
    if (site !== undefined) x = builder.op(opType, [x], { name: site });
  });
  return builder.model({
    name: "mlp",
    inputs: [makeValueInfo("input", { type: "float32", dims: ["batch", network[0].inputs] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: ["batch", 10] })],
    opset: 18,
  });
}
