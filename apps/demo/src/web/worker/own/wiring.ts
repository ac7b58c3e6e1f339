import type { LayerJson, Topology } from "./topology.js";

/** An output of a layer, by the layer's name, which of its calls made it, and which of the call's outputs it is. */
type Reference = readonly [name: string, node: number, tensor: number, ...rest: unknown[]];

type Wired = Pick<Topology, "layers" | "outputs">;

/** With a layer behind another: what read the other reads it. */
export function followed(
  { layers, outputs }: Wired,
  { name, by }: { readonly name: string; readonly by: LayerJson },
): Wired {
  const behind = (reference: Reference): Reference => {
    const [of, node, tensor, ...rest] = reference;
    return of === name && tensor === 0 ? [nameOf(by), node, 0, ...rest] : reference;
  };
  const wired = rewired({ layers, outputs }, behind);
  return {
    ...wired,
    layers: wired.layers.flatMap((layer) => {
      if (nameOf(layer) !== name) return [layer];
      const calls = layer.inbound_nodes ?? [];
      return [
        layer,
        { ...by, name: nameOf(by), inbound_nodes: calls.map((_, node) => [[name, node, 0, {}]]) },
      ];
    }),
  };
}

export const nameOf = ({ config }: LayerJson): string => String(config["name"]);

/** The layers that a list refers to. */
export const namesIn = (value: unknown): string[] => referencesIn(value).map(([name]) => name);

function rewired({ layers, outputs }: Wired, to: (reference: Reference) => Reference): Wired {
  const put = (value: unknown): unknown => {
    if (isReference(value)) return to(value);
    return Array.isArray(value) ? value.map(put) : value;
  };
  return {
    layers: layers.map((layer) => {
      const { inbound_nodes: calls } = layer;
      return calls === undefined ? layer : { ...layer, inbound_nodes: calls.map(put) };
    }),
    outputs: outputs?.map(put),
  };
}

function referencesIn(value: unknown): Reference[] {
  if (isReference(value)) return [value];
  return Array.isArray(value) ? value.flatMap(referencesIn) : [];
}

const isReference = (value: unknown): value is Reference =>
  Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "number";
