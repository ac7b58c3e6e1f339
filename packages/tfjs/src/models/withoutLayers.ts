import type * as tf from "@tensorflow/tfjs";

type Config = tf.serialization.ConfigDict;

/** An output of a layer in a config: the layer's name, which of its calls, and which of the call's outputs. */
type Reference = [
  name: string,
  node: number,
  tensor: number,
  ...rest: tf.serialization.ConfigDictValue[],
];

/** An entry of a functional model's config: a layer, and what each of its calls reads. */
interface Entry {
  readonly name: string;
  readonly inboundNodes: readonly (readonly Reference[])[];
}

/** A model's config without layers of one input and one output: what read them reads what they read. */
export function withoutLayers(config: Config, names: ReadonlySet<string>): Config {
  if (names.size === 0) return config;
  const layers = config["layers"] as Config[];
  const outputs = config["outputLayers"];
  return outputs === undefined
    ? { ...config, layers: withoutEntries(layers, names) }
    : { ...config, ...rewired({ layers: layers as unknown as Entry[], outputs }, names) };
}

/** Of a sequential model, where each layer reads the one before. */
function withoutEntries(layers: readonly Config[], names: ReadonlySet<string>): Config[] {
  const configOf = (layer: Config): Config => layer["config"] as Config;
  const kept = layers.filter((layer) => !names.has(String(configOf(layer)["name"])));
  const { batchInputShape, dtype, name } = configOf(layers[0]);
  const start: Config = batchInputShape === undefined ? {} : { batchInputShape, dtype };
  // A model has a layer; this one does nothing.
  if (kept.length === 0) {
    return [{ className: "Activation", config: { activation: "linear", name, ...start } }];
  }
  // The first layer tells the shape of the input, also where it was one that is gone.
  const [first, ...rest] = kept;
  return [{ ...first, config: { ...start, ...configOf(first) } }, ...rest];
}

function rewired(
  { layers, outputs }: { readonly layers: readonly Entry[]; readonly outputs: unknown },
  names: ReadonlySet<string>,
): Config {
  const inputs = new Map(layers.map((entry) => [entry.name, entry.inboundNodes]));
  const around = (reference: Reference): Reference => {
    const [name, node, , ...rest] = reference;
    if (!names.has(name)) return reference;
    const [source] = inputs.get(name)?.[node] ?? [];
    return around([source[0], source[1], source[2], ...rest]);
  };
  const kept = layers
    .filter(({ name }) => !names.has(name))
    .map((entry) => ({
      ...entry,
      inboundNodes: entry.inboundNodes.map((node) => node.map(around)),
    }));
  return {
    layers: kept,
    outputLayers: (outputs as Reference[]).map(around),
  } as unknown as Config;
}
