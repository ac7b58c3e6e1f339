import type { GraphProto, NodeProto } from "../model/schema.js";
import type { DropoutSite, InspectedSite } from "./dropoutSites.js";
import type { InspectedGraph } from "./InspectedGraph.js";
import { isActivation, isConvolution, isReshaping, mapsStay } from "./operatorKinds.js";
import type { Pitfall } from "./Pitfall.js";
import { readersOf } from "./readersOf.js";

const rules: Readonly<
  Record<
    "noisyOutput" | "entriesOfMaps" | "oneRate" | "leftOn",
    {
      readonly find: (sites: readonly InspectedSite[]) => readonly InspectedSite[];
      /** Goes on after `dropout at` and the sites. */
      readonly says: string;
    }
  >
> = {
  noisyOutput: {
    find: (sites) => sites.filter(reachesOutput),
    says: "makes the model's output noisy; dropout goes before the last layer with weights",
  },
  entriesOfMaps: {
    find: (sites) => sites.filter(dropsEntriesOfMaps),
    says: "drops single entries of a convolution's maps, which their neighbours tell; spatial dropout drops whole maps, DropBlock blocks (Tompson et al. 2015)",
  },
  oneRate: {
    find: (sites) => {
      const rated = sites.filter(({ site }) => site.rate !== undefined && site.rate > 0);
      const isOne = new Set(rated.map(({ site }) => site.rate)).size === 1;
      return isOne && new Set(rated.map(({ site }) => site.site)).size >= 3 ? rated : [];
    },
    says: "has one rate everywhere; inputs bear less than wide hidden layers (Srivastava et al. 2014)",
  },
  leftOn: {
    find: (sites) => sites.filter(({ site }) => site.kind !== "dropoutkit" && site.training),
    says: "drops at inference too, in runtimes that do not delete it; stripDropout takes it out, replaceDropout makes it seeded noise of training",
  },
};

/** Finds what is likely a mistake, one pitfall a code. */
export function pitfallsOf(inspected: readonly InspectedSite[]): Pitfall[] {
  const codes = ["noisyOutput", "entriesOfMaps", "oneRate", "leftOn"] as const;
  return codes.flatMap((code): Pitfall[] => {
    const sites = rules[code].find(inspected).map(({ site }) => site);
    if (sites.length === 0) return [];
    const names = [...new Set(sites.map(({ site }) => `"${site}"`))].join(", ");
    return [{ code, sites, message: `dropout at ${names} ${rules[code].says}` }];
  });
}

/** Whether a site's values reach an output of the model through activations and changes of shape alone. */
function reachesOutput({ site, scoped }: InspectedSite): boolean {
  if (scoped.holder !== undefined) return false;
  const reaches = (tensor: string): boolean =>
    readersOf(scoped.graph, tensor).some(
      (reader) =>
        reader === "output" ||
        ((isActivation(reader) || isReshaping(reader)) && reaches(reader.output[0])),
    );
  return isOfActivations(site) && reaches(site.output);
}

/** Whether a site draws for each entry of what a convolution made, behind activations, normalisations and pools of maps. */
function dropsEntriesOfMaps({ site, scoped, field }: InspectedSite): boolean {
  if (field === undefined || !isOfActivations(site)) return false;
  const { draw, shared, grow, noiseShape } = field;
  if (draw !== "bernoulli" || shared || grow || noiseShape?.includes(1)) return false;
  let maker = makerOf(scoped.graph, site.x);
  while (maker !== undefined && mapsStay(maker))
    maker = makerOf(scoped.graph, valuesOf(scoped, maker));
  return maker !== undefined && isConvolution(maker);
}

/** Weights and states are no values that a layer gives on. */
const isOfActivations = ({ place }: DropoutSite): boolean =>
  place === undefined || ["activation", "output"].includes(place);

const makerOf = (graph: GraphProto, tensor: string): NodeProto | undefined =>
  graph.node.find(({ output }) => output.includes(tensor));

/** The input that is no constant of the graph: of a bias that is added, the values. */
function valuesOf({ graph, constants }: InspectedGraph, { input }: NodeProto): string {
  return input.find((name) => !constants.isConstant(graph, name)) ?? input[0];
}
