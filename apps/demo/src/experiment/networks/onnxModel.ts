import {
  dropConnect,
  GraphBuilder,
  insertDropout,
  makeTensor,
  makeValueInfo,
  type OnnxModel,
} from "@dropoutkit/onnx";
import { PIXELS } from "../../data/digits.js";
import type { DensePlan, LayerPlan } from "./LayerPlan.js";
import { noiseVariants } from "./noiseVariants.js";

/** Operators of activations; a layer of logits has none. */
const activations = { relu: "Relu", selu: "Selu", linear: undefined } as const;

/**
 * A plan as an ONNX model: input `[batch, 784]`, output `logits` `[batch, 10]`, without dropout.
 * @throws {Error} If the plan has a layer that is not dense.
 */
export function cleanModel(plan: readonly LayerPlan[]): OnnxModel {
  const builder = new GraphBuilder();
  const layers = plan.filter((layer) => layer.kind !== "noise").map(denseOnly);
  let x = "input";
  for (const layer of layers) {
    const isLast = layer === layers.at(-1);
    x = addDense(builder, { layer, x, output: isLast ? "logits" : activationOf(layer) });
  }
  return builder.model({
    name: "network",
    inputs: [makeValueInfo("input", { type: "float32", dims: ["batch", PIXELS] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: ["batch", 10] })],
    opset: 18,
  });
}

/** `model` with the dropout of a plan that it is made of. */
export function withNoise(model: OnnxModel, plan: readonly LayerPlan[]): OnnxModel {
  let noisy = model;
  let tensor = "input";
  for (const layer of plan) {
    if (layer.kind === "noise") {
      const { site, rate } = layer;
      const variant = noiseVariants[layer.variant](rate);
      noisy = insertDropout(noisy, { variant, after: { tensor }, site: () => site });
    } else if (layer.kind === "dense") {
      tensor = activationOf(layer);
      if (layer.connect !== undefined) {
        const { rate } = layer.connect;
        noisy = dropConnect(noisy, { rate, per: "batch", nodes: { name: layer.name } });
      }
    }
  }
  return noisy;
}

/** The tensor behind a layer's activation; the sum before it has the name of the layer's node. */
const activationOf = ({ name }: DensePlan): string => `${name}.activation`;

function addDense(
  builder: GraphBuilder,
  { layer, x, output }: { readonly layer: DensePlan; readonly x: string; readonly output: string },
): string {
  const { name, inputs, units, kernel, bias } = layer;
  const weights = [
    makeTensor({ name: `${name}.kernel`, type: "float32", dims: [inputs, units], data: kernel }),
    makeTensor({ name: `${name}.bias`, type: "float32", dims: [units], data: bias }),
  ].map((tensor) => builder.constant(tensor));
  const activation = activations[layer.activation];
  if (activation === undefined) {
    return builder.op("Gemm", [x, ...weights], { name, outputs: [output] });
  }
  const sum = builder.op("Gemm", [x, ...weights], { name });
  return builder.op(activation, [sum], { outputs: [output] });
}

function denseOnly(layer: LayerPlan): DensePlan {
  if (layer.kind === "dense") return layer;
  throw new Error(`demo: layers of an ONNX network must be dense, got ${layer.kind}`);
}
