import type { Edit } from "../../messages.js";
import { type LayerJson, type Topology, topologyOf } from "./topology.js";
import { followed, nameOf, namesIn } from "./wiring.js";

const classes = {
  dropout: "Dropout",
  "gaussian-dropout": "GaussianDropout",
  "alpha-dropout": "AlphaDropout",
  "spatial-dropout": "SpatialDropout2D",
} as const;

type Insert = Extract<Edit, { kind: "insert" }>;
type Layers = Pick<Topology, "layers" | "outputs">;

/**
 * A model.json with dropout behind layers of it.
 * @throws {Error} If it is not the topology of a layers model.
 */
export function withInserted(json: object, edit: Insert): object {
  const topology = topologyOf(json);
  const insert = (made: Layers, name: string): Layers => inserted(made, { ...edit, name });
  return topology.with(edit.places.reduce(insert, topology));
}

/** The layers that dropout can go behind: not those that drop themselves, nor what gives the output. */
export function placesIn(
  { layers, outputs }: Topology,
  dropping: ReadonlySet<string>,
): LayerJson[] {
  const last = new Set(outputs === undefined ? layers.slice(-1).map(nameOf) : namesIn(outputs));
  return layers.filter(
    (layer) =>
      !(
        dropping.has(nameOf(layer)) ||
        layer.class_name === "InputLayer" ||
        last.has(nameOf(layer))
      ),
  );
}

function inserted(
  topology: Layers,
  { name, variant, rate }: Insert & { readonly name: string },
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
