import {
  insertDropConnect,
  insertDropout,
  insertVariationalDropout,
  insertZoneout,
  type OnnxModel,
} from "@dropoutkit/onnx";
import { GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { PIXELS } from "../../data/digits.js";
import type { LayerPlan } from "./LayerPlan.js";
import { concreteVariant, noiseVariant } from "./noiseVariants.js";
import { addLayer, type OnnxPlace } from "./onnxLayers.js";

/** A plan as an ONNX model: input `[batch, 784]`, output `logits` `[batch, 10]`, without noise. */
export function cleanModel(plan: readonly LayerPlan[]): OnnxModel {
  const builder = new GraphBuilder();
  placesOf(plan, builder);
  return builder.model({
    name: "network",
    inputs: [makeValueInfo("input", { type: "float32", dims: ["batch", PIXELS] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: ["batch", 10] })],
    opset: 18,
  });
}

/** `model` with the noise of a plan that it is made of. */
export function withNoise(model: OnnxModel, plan: readonly LayerPlan[]): OnnxModel {
  const places = placesOf(plan, new GraphBuilder());
  return plan.reduce((noisy, layer, i) => {
    switch (layer.kind) {
      case "noise": {
        const { site, rate } = layer;
        const { tensor, ...layout } = places[i].noisy ?? { tensor: places[i].tensor };
        const variant = noiseVariant(layer.variant, { rate, ...layout });
        return insertDropout(noisy, { variant, after: { tensor }, site: () => site });
      }
      case "dense": {
        const entering = i === 0 ? "input" : places[i - 1].tensor;
        return withWeightNoise(noisy, layer, entering);
      }
      case "lstm":
        return withRecurrentNoise(noisy, layer);
      default:
        return noisy;
    }
  }, model);
}

function withWeightNoise(
  model: OnnxModel,
  { name, connect, concrete }: Extract<LayerPlan, { kind: "dense" }>,
  entering: string,
): OnnxModel {
  if (connect) return insertDropConnect(model, { ...connect, per: "batch", nodes: { name } });
  if (concrete === undefined) return model;
  const variant = concreteVariant(concrete);
  return insertDropout(model, { variant, after: { tensor: entering }, site: () => concrete.site });
}

function withRecurrentNoise(
  model: OnnxModel,
  { name, noise }: Extract<LayerPlan, { kind: "lstm" }>,
): OnnxModel {
  switch (noise?.variant) {
    case "variational-dropout":
      return insertVariationalDropout(model, { ...noise, nodes: { name } });
    case "zoneout":
      return insertZoneout(model, { ...noise, nodes: { name } });
    default:
      return model;
  }
}

/** Adds a plan's layers, and returns for each what it leaves. */
function placesOf(plan: readonly LayerPlan[], builder: GraphBuilder): OnnxPlace[] {
  let place: OnnxPlace = { tensor: "input", shape: [PIXELS], channels: "last" };
  return plan.map((layer) => {
    place = addLayer(builder, layer, place);
    return place;
  });
}
