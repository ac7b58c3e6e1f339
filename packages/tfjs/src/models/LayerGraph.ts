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
  readonly around?: Layer;
}

/** All layers of a model, each once, and which comes after which, across the borders of nested models. */
export class LayerGraph {
  private readonly places = new Map<Layer, PlacedLayer>();
  private readonly model: tf.LayersModel;

  constructor(model: tf.LayersModel) {
    this.model = model;
    this.place({ layer: model, path: "", holder: model });
  }

  get layers(): readonly PlacedLayer[] {
    return [...this.places.values()];
  }

  private place(placed: PlacedLayer): void {
    const { layer, holder, path } = placed;
    if (this.places.has(layer)) return;
    this.places.set(layer, placed);
    const isModel = layer instanceof tf.LayersModel;
    for (const inner of innerLayers(layer)) {
      const where = isModel ? { holder: inner, around: holder } : placed;
      this.place({ ...where, layer: inner, path: joinPath(path, inner) });
    }
  }

  /** What a layer's input comes from, or the model's output if none is given, seen through layers that let it pass. */
  origins(passes: (layer: Layer) => boolean, holder?: Layer): ReadonlySet<Layer> {
    // A layer that is shared may come before itself; a set is walked while it grows, and takes each once.
    const seen = new Set(holder === undefined ? this.lastOf(this.model) : this.before(holder));
    for (const layer of seen) {
      if (passes(layer)) for (const before of this.before(layer)) seen.add(before);
    }
    return seen;
  }

  private before(holder: Layer): readonly Layer[] {
    const inbound = holder.inboundNodes.flatMap(({ inboundLayers }) => inboundLayers);
    return inbound.flatMap((layer) => {
      if (layer.getClassName() !== "InputLayer")
        return this.places.has(layer) ? this.lastOf(layer) : [];
      const around = this.places.get(holder)?.around;
      return around ? this.before(around) : [];
    });
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
  const inner = layer instanceof tf.LayersModel ? [] : innerLayers(layer);
  return inner.length === 1 ? wrapped(inner[0]) : layer;
}

/** A layer's path from that of what it is in, which is empty for the outermost model. */
export function joinPath(path: string, { name }: Layer): string {
  return path === "" ? name : `${path}/${name}`;
}
