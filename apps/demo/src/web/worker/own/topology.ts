/** A layer as a model.json has it. */
export interface LayerJson {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Where layers are wired one by one: its calls, each a list of what it reads. */
  readonly inbound_nodes?: readonly unknown[];
}

/** The layers of a model.json, and how to put others in their place. */
export interface Topology {
  readonly layers: readonly LayerJson[];
  /** What the model gives, where layers are wired one by one; undefined where each reads the one before. */
  readonly outputs: readonly unknown[] | undefined;
  /** The same with other layers. */
  readonly with: (made: Pick<Topology, "layers" | "outputs">) => object;
}

/** @throws {Error} If it is not the topology of a layers model. */
export function topologyOf(json: object): Topology {
  const outer: Record<string, unknown> = { ...json };
  const holder = isObject(outer["model_config"]) ? outer["model_config"] : outer;
  const { config } = holder;
  // Before tfjs 1.3 the config of a Sequential was the list of its layers.
  const layers: unknown = isObject(config) ? config["layers"] : config;
  if (!Array.isArray(layers)) {
    throw new Error("demo: model.json must hold a layers model, got no layers");
  }
  const outputs = isObject(config) ? config["output_layers"] : undefined;
  const put = (made: Pick<Topology, "layers" | "outputs">): object => ({
    ...holder,
    config: isObject(config)
      ? { ...config, layers: made.layers, ...(made.outputs && { output_layers: made.outputs }) }
      : made.layers,
  });
  return {
    layers,
    outputs: Array.isArray(outputs) ? outputs : undefined,
    with: (made) => (holder === outer ? put(made) : { ...outer, model_config: put(made) }),
  };
}

/** The same with logits in the place of probabilities, for training. */
export function withLogits(json: object): object {
  const topology = topologyOf(json);
  const last = topology.layers.length - 1;
  const layers = topology.layers.map((layer, i) => (i === last ? linear(layer) : layer));
  return topology.with({ ...topology, layers });
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
