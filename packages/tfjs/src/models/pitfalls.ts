import type { DropoutSite } from "./DropoutSite.js";
import type { FoundSite } from "./FoundSite.js";
import { entriesOfMaps, noisyOutput } from "./graphRules.js";
import type { LayerGraph } from "./LayerGraph.js";

/** What is likely a mistake. */
export type PitfallCode =
  | "noisyOutput"
  | "entriesOfMaps"
  | "oneRate"
  | "stuckMask"
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
  /** Groups of sites, a pitfall each. */
  find(found: readonly FoundSite[], graph: LayerGraph): readonly (readonly FoundSite[])[];
  /** Goes on after the names of the layers. */
  says(site: DropoutSite): string;
}

const rules: Readonly<Record<PitfallCode, Rule>> = {
  noisyOutput: {
    find: (found, graph) => byLayer(noisyOutput(found, graph)),
    says: () => "makes the model's output noisy; dropout goes before the last layer with weights",
  },
  entriesOfMaps: {
    find: (found, graph) => byLayer(entriesOfMaps(found, graph)),
    says: () =>
      "drops single entries of a convolution's maps, which their neighbours tell; spatial dropout drops whole maps, DropBlock blocks (Tompson et al. 2015)",
  },
  oneRate: {
    find: (found) => {
      const rated = found.filter(({ site }) => site.rate);
      const isOne = new Set(rated.map(({ field }) => field.rate)).size === 1;
      return isOne && new Set(rated.map(({ holder }) => holder)).size >= 3 ? [rated] : [];
    },
    says: ({ rate }) =>
      `all drop at rate ${rate}; inputs bear less than wide hidden layers (Srivastava et al. 2014)`,
  },
  stuckMask: {
    // The layers that tfjs has for one cell throw its masks away before each sequence; tf.layers.rnn does not.
    find: (found) => byLayer(theirs(found).filter(({ layer }) => "stateSize" in layer)),
    says: () => "keeps its first mask for ever, in predict too; replaceDropout mends it",
  },
  ignoredTraining: {
    find: (found) => byLayer(found.filter(isCalledInTraining)),
    says: () =>
      "was called with training: true, which tfjs forgets; model.apply(x, { training: true }) has noise at inference",
  },
  repeatedMask: {
    find: (found) => byLayer(theirs(found).filter(({ site }) => site.seed !== undefined)),
    says: ({ seed }) =>
      `draws one mask at all steps, since it has a seed (${seed}); replaceDropout mends it`,
  },
  sameNoise: {
    find: (found) => groups(found, ({ stream }) => stream).filter((sites) => sites.length > 1),
    says: () => "draw the same noise; each needs a seed or a site of its own",
  },
  wrongAlpha: {
    find: (found) => byLayer(theirs(found).filter(({ site }) => site.variant === "alphaDropout")),
    says: () => "moves mean and variance, for tfjs has its sign wrong; replaceDropout mends it",
  },
};

const theirs = (found: readonly FoundSite[]): readonly FoundSite[] =>
  found.filter(({ site }) => site.kind === "tfjs");

const byLayer = (found: readonly FoundSite[]): readonly FoundSite[][] =>
  groups(found, ({ layer }) => layer);

/** Puts together what has an equal key; what has none is left out. */
function groups(
  found: readonly FoundSite[],
  key: (one: FoundSite) => unknown,
): readonly FoundSite[][] {
  const keys = new Set(found.map(key));
  keys.delete(undefined);
  return [...keys].map((each) => found.filter((one) => key(one) === each));
}

function isCalledInTraining({ holder, around }: FoundSite): boolean {
  const calls = [holder, around].flatMap((layer) => layer?.inboundNodes ?? []);
  return calls.some(({ callArgs }) => callArgs?.["training"] === true);
}

/** Finds what is likely a mistake. */
export function pitfallsOf(found: readonly FoundSite[], graph: LayerGraph): readonly Pitfall[] {
  const codes = Object.keys(rules) as PitfallCode[];
  return codes.flatMap((code) =>
    rules[code].find(found, graph).map((group) => {
      const sites = group.map(({ site }) => site);
      const names = [...new Set(sites.map(({ layer }) => `"${layer}"`))].join(", ");
      return { code, sites, message: `${names} ${rules[code].says(sites[0])}` };
    }),
  );
}
