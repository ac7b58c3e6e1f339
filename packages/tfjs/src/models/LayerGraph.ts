import * as tf from "@tensorflow/tfjs";
import { innerLayers } from "./innerLayers.js";

type Layer = tf.layers.Layer;

/** A layer of a model, however deep. */
export interface PlacedLayer {
  readonly layer: Layer;
  /** Names of the models and wrappers around it, and its own, joined by `/`. */
  readonly path: string;
  /** What stands for it in its model's graph: itself, or the outermost wrapper around it. */
  readonly holder: Layer;
  /** The same of the model that it is in; undefined in the outermost. */
  readonly around: Layer | undefined;
}

/** All layers of a model, each once, and which comes after which, across the borders of nested models. */
export class LayerGraph {
  readonly layers: readonly PlacedLayer[];
  private readonly places = new Map<Layer, PlacedLayer>();
  private readonly model: tf.LayersModel;

  constructor(model: tf.LayersModel) {
    this.model = model;
    this.place(model, { path: "", holder: model, around: undefined });
    this.layers = [...this.places.values()].filter(({ layer }) => layer !== model);
  }

  private place(layer: Layer, where: Omit<PlacedLayer, "layer">): void {
    if (this.places.has(layer)) return;
    this.places.set(layer, { layer, ...where });
    const isModel = layer instanceof tf.LayersModel;
    for (const inner of innerLayers(layer)) {
      const path = where.path === "" ? inner.name : `${where.path}/${inner.name}`;
      const { holder, around } = where;
      this.place(
        inner,
        isModel ? { path, holder: inner, around: holder } : { path, holder, around },
      );
    }
  }

  /** The layers that give the model's outputs. */
  ends(): readonly Layer[] {
    return this.lastOf(this.model);
  }

  /** What a layer's input comes from, seen through layers that let it pass. */
  origins(holder: Layer, passes: (layer: Layer) => boolean): ReadonlySet<Layer> {
    const found = new Set<Layer>();
    // A layer that is shared may come before itself.
    const seen = new Set<Layer>();
    const visit = (layer: Layer): void => {
      for (const before of this.before(layer)) {
        if (seen.has(before)) continue;
        seen.add(before);
        if (passes(wrapped(before))) visit(before);
        else found.add(before);
      }
    };
    visit(holder);
    return found;
  }

  private before(holder: Layer): readonly Layer[] {
    return holder.inboundNodes
      .flatMap(({ inboundLayers }) => inboundLayers)
      .flatMap((layer) => {
        if (layer.getClassName() !== "InputLayer") return this.lastOf(layer);
        const around = this.places.get(holder)?.around;
        return around === undefined || around === this.model ? [] : this.before(around);
      })
      .filter((layer) => this.places.has(layer));
  }

  /** The layer itself, or the layers that give the outputs of a model, as they stand in the graph. */
  private lastOf(layer: Layer): readonly Layer[] {
    const inner = wrapped(layer);
    if (!(inner instanceof tf.LayersModel)) return [layer];
    const last = inner instanceof tf.Sequential ? inner.layers.slice(-1) : inner.outputLayers;
    return last.flatMap((end) => this.lastOf(end));
  }
}

/** What is in a layer's wrappers. */
export function wrapped(layer: Layer): Layer {
  if (layer instanceof tf.LayersModel) return layer;
  const [inner, ...others] = innerLayers(layer);
  return inner === undefined || others.length > 0 ? layer : wrapped(inner);
}
