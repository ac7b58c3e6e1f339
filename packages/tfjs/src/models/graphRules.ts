import type { Field } from "@dropoutkit/core";
import type { FoundSite } from "./FoundSite.js";
import { type LayerGraph, type PlacedLayer, wrapped } from "./LayerGraph.js";

const activations = /^(Activation|Softmax|\w*ReLU|ELU)$/;
const mapsStay =
  /^(\w+Normalization|(Max|Average)Pooling\dD|ZeroPadding2D|Cropping2D|UpSampling2D)$/;
const convolutions = /Conv(LSTM)?\dD/;

/** Whether what leaves the layer is noisy itself. */
const leaves = ({ site }: FoundSite): boolean => ["activation", "output"].includes(site.place);

const is =
  (...kinds: readonly RegExp[]) =>
  (layer: PlacedLayer["layer"]): boolean =>
    kinds.some((kind) => kind.test(wrapped(layer).getClassName()));

/** Sites after which nothing but activations comes. */
export function noisyOutput(found: readonly FoundSite[], graph: LayerGraph): readonly FoundSite[] {
  const isActivation = is(activations);
  const ends = graph
    .ends()
    .flatMap((end) => (isActivation(end) ? [...graph.origins(end, isActivation)] : [end]));
  return found.filter((one) => leaves(one) && ends.includes(one.holder));
}

/** Sites that draw for each entry of a convolution's maps. */
export function entriesOfMaps(
  found: readonly FoundSite[],
  graph: LayerGraph,
): readonly FoundSite[] {
  const hasMaps = (one: FoundSite): boolean =>
    [...graph.origins(one.holder, is(activations, mapsStay))].some(is(convolutions));
  return found.filter((one) => leaves(one) && isPerEntry(one.field) && hasMaps(one));
}

const isPerEntry = ({ draw, shared, grow, noiseShape }: Field): boolean =>
  draw === "bernoulli" && !shared && !grow && noiseShape?.includes(1) !== true;
