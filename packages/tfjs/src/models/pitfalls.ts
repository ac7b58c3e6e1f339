import type { DropoutSite } from "./DropoutSite.js";
import type { FoundSite } from "./FoundSite.js";
import { entriesOfMaps, noisyOutput } from "./graphRules.js";
import type { LayerGraph, PlacedLayer } from "./LayerGraph.js";

/** What is likely a mistake. */
export type PitfallCode =
  | "noisyOutput"
  | "entriesOfMaps"
  | "oneRate"
  | "stuckMask"
  | "noisyInference"
  | "ignoredTraining"
  | "repeatedMask"
  | "sameNoise"
  | "wrongAlpha";

/** What is likely a mistake in a model's dropout. */
export interface Pitfall {
  readonly code: PitfallCode;
  /** The sites that it is about. */
  readonly sites: readonly DropoutSite[];
  /** One sentence: what is wrong, and what helps. */
  readonly message: string;
}

interface Rule {
  find(found: readonly FoundSite[], graph: LayerGraph): readonly FoundSite[];
  /** Sites of an equal key are one pitfall; by default those of a layer. */
  readonly together?: (one: FoundSite) => unknown;
  /** Goes on after the names of the layers. */
  readonly says: string;
}

const rules: Readonly<Record<PitfallCode, Rule>> = {
  noisyOutput: {
    find: noisyOutput,
    says: "makes the model's output noisy; dropout goes before the last layer with weights",
  },
  entriesOfMaps: {
    find: entriesOfMaps,
    says: "drops single entries of a convolution's maps, which their neighbours tell; spatial dropout drops whole maps, DropBlock blocks (Tompson et al. 2015)",
  },
  oneRate: {
    find: (found) => {
      const rated = found.filter(({ site }) => site.rate);
      const isOne = new Set(rated.map(({ site }) => site.rate)).size === 1;
      return isOne && new Set(rated.map(({ holder }) => holder)).size > 2 ? rated : [];
    },
    together: ({ site }) => site.rate,
    says: "all drop at one rate; inputs bear less than wide hidden layers (Srivastava et al. 2014)",
  },
  stuckMask: {
    // The layers that tfjs has for one cell throw its masks away before each sequence; tf.layers.rnn does not.
    find: (found) => found.filter(({ site, layer }) => isTheirs(site) && "stateSize" in layer),
    says: "keeps its first mask for ever, in predict too; replaceDropout mends it",
  },
  noisyInference: {
    find: (found) => found.filter((one) => !isTheirs(one.site) && isInTraining(one.layer)),
    says: "was called with training: true where the model was built, so it draws in predict too; leave that out but for Monte Carlo dropout",
  },
  ignoredTraining: {
    find: (found) => found.filter(isForgotten),
    says: "was called with training: true, which tfjs forgets; model.apply(x, { training: true }) has noise at inference",
  },
  repeatedMask: {
    find: (found) => found.filter(({ site }) => isTheirs(site) && site.seed !== undefined),
    says: "draws one mask at all steps, since it has a seed; replaceDropout mends it",
  },
  sameNoise: {
    find: (found) =>
      found.filter((one) => found.some((other) => one !== other && one.stream === other.stream)),
    together: ({ stream }) => stream,
    says: "draw the same noise; each needs a seed or a site of its own",
  },
  wrongAlpha: {
    find: (found) => found.filter(({ site }) => site.className === "AlphaDropout"),
    says: "moves mean and variance, for tfjs has its sign wrong; replaceDropout mends it",
  },
};

const isTheirs = ({ kind }: DropoutSite): boolean => kind === "tfjs";

/** Whether a graph says that a layer trains. */
const isInTraining = (layer: PlacedLayer["layer"]): boolean =>
  layer.inboundNodes.some(({ callArgs }) => callArgs?.["training"] === true);

/** Whether a graph says that it trains, and tfjs lets it not know: of our own layers, what is said to those around. */
function isForgotten({ site, layer, holder, around }: FoundSite): boolean {
  const told = [holder, around].filter((one) => one !== undefined);
  return told.some((one) => isInTraining(one) && (isTheirs(site) || one !== layer));
}

/** Finds what is likely a mistake. */
export function pitfallsOf(found: readonly FoundSite[], graph: LayerGraph): readonly Pitfall[] {
  const codes = Object.keys(rules) as PitfallCode[];
  return codes.flatMap((code) => {
    const { find, together = ({ layer }) => layer, says } = rules[code];
    const groups = new Map<unknown, DropoutSite[]>();
    for (const one of find(found, graph)) {
      groups.set(together(one), [...(groups.get(together(one)) ?? []), one.site]);
    }
    return [...groups.values()].map((sites) => {
      const names = [...new Set(sites.map(({ layer }) => `"${layer}"`))].join(", ");
      return { code, sites, message: `${names} ${says}` };
    });
  });
}
