import * as tf from "@tensorflow/tfjs";
import { registered, type SerializedLayer } from "../registry/deserialize.js";
import { checkModel } from "./checkModel.js";
import { copyState } from "./copyState.js";
import { joinPath } from "./LayerGraph.js";
import { withoutLayers } from "./withoutLayers.js";

type Layer = tf.layers.Layer;
type Config = tf.serialization.ConfigDict;

/** What becomes of a layer at a path: another one, nothing, or undefined where it stays, with others in it perhaps. */
export type Rewrite = (layer: Layer, path: string) => SerializedLayer | "removed" | undefined;

/**
 * Makes a copy of a model with other layers in the place of some; what stays has its weights, names and what is frozen,
 * and each model is disposed of for itself. The copy is not compiled, and states of stateful layers start anew.
 * @param owner Who asks, for messages.
 * @throws {TypeError} If `model` is no `LayersModel`.
 * @throws {Error} If a layer's class is not registered, or a layer with weights is in two nested models: no
 * config says that, so it would become two.
 */
export function rewriteModel(
  owner: string,
  model: tf.LayersModel,
  rewrite: Rewrite,
): tf.LayersModel {
  checkModel(owner, model);
  const seen = new Set<Layer>();

  const visit = (layer: Layer, path: string): SerializedLayer | "removed" => {
    if (seen.has(layer) && layer.weights.length > 0) {
      throw new Error(
        `${owner}: a layer with weights must be in one place of one model, got "${path}" for the second time`,
      );
    }
    seen.add(layer);
    const made = rewrite(layer, path);
    if (made !== undefined) return made;
    const className = layer.getClassName();
    registered(className);
    const config = layer.getConfig();
    if (layer instanceof tf.LayersModel) {
      const entries = config["layers"] as Config[];
      const inner = layer.layers.map((one) => visit(one, joinPath(path, one)));
      const layers = entries.map((entry, i) =>
        inner[i] === "removed" ? entry : { ...entry, ...inner[i] },
      );
      const removed = new Set(layer.layers.filter((_, i) => inner[i] === "removed"));
      const names = new Set([...removed].map(({ name }) => name));
      return { className, config: withoutLayers({ ...config, layers }, names) };
    }
    // Of all wrappers, whose config has it at this name.
    const wrapped: unknown = Reflect.get(layer, "layer");
    if (!(wrapped instanceof tf.layers.Layer)) return { className, config };
    const inner = visit(wrapped, joinPath(path, wrapped));
    return inner === "removed" ? inner : { className, config: { ...config, layer: inner } };
  };

  const whole = visit(model, "");
  if (whole === "removed") throw new Error(`${owner}: model must stay, got none`);
  const [cls, fromConfig] = registered(whole.className);
  // With the initializers' quick way: all weights are written to.
  const copy = fromConfig(cls, whole.config, {}, true) as tf.LayersModel;
  copyState(model, copy);
  const metadata = model.getUserDefinedMetadata();
  if (metadata) copy.setUserDefinedMetadata(metadata);
  return copy;
}
