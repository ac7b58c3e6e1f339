import type { Edit } from "../../messages.js";
import { isObject, type LayerJson, type Topology, topologyOf } from "./topology.js";
import { bypassed, followed, nameOf, namesIn } from "./wiring.js";

/** Bare names of the layers that drop activations. */
const DROPOUT =
  /^(dropoutkit>)?(Dropout|AlphaDropout|GaussianDropout|SpatialDropout[123]D|DropBlock2D|VariationalDropout)$/;

/** Where other layers and cells have their rates. */
const RATE = /^((recurrent_)?dropout|((input|state|output|cell)_)?rate)$/;

const classes = {
  dropout: "Dropout",
  "gaussian-dropout": "GaussianDropout",
  "alpha-dropout": "AlphaDropout",
  "spatial-dropout": "SpatialDropout2D",
} as const;

const isDropout = ({ class_name }: LayerJson): boolean => DROPOUT.test(class_name);

/** @throws {Error} If it is not the topology of a layers model. */
export function editedTopology(json: object, edit: Edit): object {
  const topology = topologyOf(json);
  switch (edit.kind) {
    case "insert": {
      const insert = (made: Layers, name: string): Layers => inserted(made, { ...edit, name });
      return topology.with(edit.places.reduce(insert, topology));
    }
    case "rate":
      return topology.with(withRates(topology, edit.rate));
    case "strip":
      return topology.with(stripped(withRates(topology, 0)));
  }
}

/** The layers that dropout can go behind. */
export function placesIn({ layers, outputs }: Topology): LayerJson[] {
  const last = new Set(outputs === undefined ? layers.slice(-1).map(nameOf) : namesIn(outputs));
  return layers.filter(
    (layer) => !(isDropout(layer) || layer.class_name === "InputLayer" || last.has(nameOf(layer))),
  );
}

type Layers = Pick<Topology, "layers" | "outputs">;

function inserted(
  topology: Layers,
  { name, variant, rate }: Extract<Edit, { kind: "insert" }> & { readonly name: string },
): Layers {
  const { layers, outputs } = topology;
  const by: LayerJson = {
    class_name: `dropoutkit>${classes[variant]}`,
    config: { name: freeName(layers, `${name}_dropout`), trainable: true, rate, seed: 0 },
  };
  if (outputs !== undefined) return followed(topology, { name, by });
  return {
    layers: layers.flatMap((layer) => (nameOf(layer) === name ? [layer, by] : [layer])),
    outputs,
  };
}

function freeName(layers: readonly LayerJson[], wanted: string): string {
  const taken = new Set(layers.map(nameOf));
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
  return name;
}

/** All dropout at a rate, also of cells, and in models and layers inside. */
const withRates = ({ layers, outputs }: Layers, rate: number): Layers => ({
  layers: layers.map((layer) => ({ ...layer, ...withRate(layer, rate) })),
  outputs,
});

/** Dropout of tfjs that drops becomes this project's: tfjs's own draws one mask for ever where it has a seed. */
function withRate({ class_name, config }: LayerJson, rate: number): LayerJson {
  if (isDropout({ class_name, config })) {
    const isKept = rate === 0 || class_name.startsWith("dropoutkit>");
    return {
      class_name: isKept ? class_name : `dropoutkit>${class_name}`,
      config: { ...config, rate },
    };
  }
  return {
    class_name,
    config: Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, setInside(value, { key, rate })]),
    ),
  };
}

function setInside(
  value: unknown,
  { key, rate }: { readonly key: string; readonly rate: number },
): unknown {
  if (typeof value === "number") return RATE.test(key) && value > 0 ? rate : value;
  if (Array.isArray(value)) return value.map((one) => setInside(one, { key: "", rate }));
  return isLayer(value) ? { ...value, ...withRate(value, rate) } : value;
}

const isLayer = (value: unknown): value is LayerJson =>
  isObject(value) && typeof value["class_name"] === "string" && isObject(value["config"]);

/** Without its dropout layers, in models inside too; in wrappers they stay, at rate 0. */
function stripped({ layers, outputs }: Layers): Layers {
  const inner = layers.map(strippedInside);
  if (outputs !== undefined) {
    return inner.filter(isDropout).map(nameOf).reduce<Layers>(bypassed, { layers: inner, outputs });
  }
  const kept = inner.filter((layer) => !isDropout(layer));
  const shape = layers[0]?.config["batch_input_shape"];
  if (shape === undefined || kept.length === 0) return { layers: kept, outputs };
  // The first layer tells the shape of the input, also where it was dropout.
  const [first, ...rest] = kept;
  const config = { batch_input_shape: shape, ...first.config };
  return { layers: [{ ...first, config }, ...rest], outputs };
}

const strippedInside = (layer: LayerJson): LayerJson =>
  Array.isArray(layer.config["layers"])
    ? { ...layer, ...editedTopology(layer, { kind: "strip" }) }
    : layer;
