import type { Edit } from "../../messages.js";

/** A layer as a model.json has it; where layers are wired one by one it tells its inputs too. */
export interface LayerJson {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The layers of a model.json, and how to put others in their place. */
export interface Topology {
  readonly layers: readonly LayerJson[];
  /** Whether each layer reads the one before, so that layers can come and go. */
  readonly isSequential: boolean;
  /** The same with other layers. */
  readonly with: (layers: readonly LayerJson[]) => object;
}

/** Bare names of the layers that drop activations. */
const DROPOUT =
  /^(dropoutkit>)?(Dropout|AlphaDropout|GaussianDropout|SpatialDropout[123]D|DropBlock2D|VariationalDropout)$/;

const classes = {
  dropout: "Dropout",
  gaussian: "GaussianDropout",
  alpha: "AlphaDropout",
  spatial: "SpatialDropout2D",
} as const;

export const isDropout = ({ class_name }: LayerJson): boolean => DROPOUT.test(class_name);

/** @throws {Error} If it is not the topology of a layers model. */
export function topologyOf(json: object): Topology {
  const outer: Record<string, unknown> = { ...json };
  const holder = isObject(outer["model_config"]) ? outer["model_config"] : outer;
  const { class_name, config } = holder;
  // Before tfjs 1.3 the config of a Sequential was the list of its layers.
  const layers: unknown = isObject(config) ? config["layers"] : config;
  if (!Array.isArray(layers)) {
    throw new Error("demo: model.json must hold a layers model, got no layers");
  }
  const put = (made: readonly LayerJson[]): object => ({
    ...holder,
    config: isObject(config) ? { ...config, layers: made } : made,
  });
  return {
    layers,
    isSequential: class_name === "Sequential",
    with: (made) => (holder === outer ? put(made) : { ...outer, model_config: put(made) }),
  };
}

/** @throws {Error} If layers shall be put into a model whose layers are wired one by one. */
export function editedTopology(json: object, edit: Edit): object {
  const topology = topologyOf(json);
  const { layers, isSequential } = topology;
  switch (edit.kind) {
    case "insert": {
      if (!isSequential) {
        throw new Error(
          "demo: insert must be asked of a Sequential model, got one of other wiring",
        );
      }
      const put = ({ config }: LayerJson): LayerJson[] =>
        edit.places.includes(String(config["name"])) ? [dropoutAfter(config["name"], edit)] : [];
      return topology.with(layers.flatMap((layer) => [layer, ...put(layer)]));
    }
    case "rate":
      return topology.with(
        layers.map((layer) => (isDropout(layer) ? rated(layer, edit.rate) : layer)),
      );
    case "strip":
      if (!isSequential) return editedTopology(json, { kind: "rate", rate: 0 });
      return topology.with(stripped(layers));
  }
}

const dropoutAfter = (
  name: unknown,
  { variant, rate }: Extract<Edit, { kind: "insert" }>,
): LayerJson => ({
  class_name: `dropoutkit>${classes[variant]}`,
  config: { name: `${name}_dropout`, trainable: true, rate, seed: 0 },
});

/** With the rate, and of this project: tfjs's own draws one mask for ever where it has a seed. */
const rated = ({ class_name, config, ...wiring }: LayerJson, rate: number): LayerJson => ({
  ...wiring,
  class_name: class_name.startsWith("dropoutkit>") ? class_name : `dropoutkit>${class_name}`,
  config: { ...config, rate },
});

/** The first layer tells the shape of the input, also where it is dropout. */
function stripped(layers: readonly LayerJson[]): LayerJson[] {
  const kept = layers.filter((layer) => !isDropout(layer));
  const shape = layers[0]?.config["batch_input_shape"];
  if (shape === undefined || kept.length === 0) return kept;
  const [first, ...rest] = kept;
  return [{ ...first, config: { batch_input_shape: shape, ...first.config } }, ...rest];
}

/** The same with logits in the place of probabilities, for training. */
export function withLogits(json: object): object {
  const topology = topologyOf(json);
  const last = topology.layers.length - 1;
  return topology.with(topology.layers.map((layer, i) => (i === last ? linear(layer) : layer)));
}

/** A layer without the softmax that it is or ends in. */
function linear(layer: LayerJson): LayerJson {
  const { class_name, config } = layer;
  if (class_name === "Softmax") {
    const { axis: _, ...rest } = config;
    return { ...layer, class_name: "Activation", config: { ...rest, activation: "linear" } };
  }
  if (config["activation"] !== "softmax") return layer;
  return { ...layer, config: { ...config, activation: "linear" } };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
