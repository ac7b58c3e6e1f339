import type { FoundSite } from "./FoundSite.js";
import { type LayerGraph, type PlacedLayer, wrapped } from "./LayerGraph.js";

type Find = (found: readonly FoundSite[], graph: LayerGraph) => readonly FoundSite[];

const activations = /^(Activation|Softmax|\w*ReLU|ELU)$/;
const mapsStay =
  /^(Activation|Softmax|\w*ReLU|ELU|\w+Normalization|(Max|Average)Pooling\dD|ZeroPadding2D|Cropping2D|UpSampling2D)$/;
const convolutions = /Conv(LSTM)?\dD/;

const is =
  (kind: RegExp) =>
  (layer: PlacedLayer["layer"]): boolean =>
    kind.test(wrapped(layer).getClassName());

/** Whether what leaves the layer is noisy itself. */
const leaves = ({ site }: FoundSite): boolean => /activation|output/.test(site.place);

/** Sites after which nothing but activations comes. */
export const noisyOutput: Find = (found, graph) => {
  const ends = graph.origins(is(activations));
  return found.filter((one) => leaves(one) && ends.has(one.holder));
};

/** Sites that draw for each entry of a convolution's maps. */
export const entriesOfMaps: Find = (found, graph) =>
  found.filter((one) => {
    const { draw, shared, grow, noiseShape } = one.field;
    const isPerEntry = draw === "bernoulli" && !shared && !grow && !noiseShape?.includes(1);
    if (!leaves(one) || !isPerEntry) return false;
    return [...graph.origins(is(mapsStay), one.holder)].some(is(convolutions));
  });
