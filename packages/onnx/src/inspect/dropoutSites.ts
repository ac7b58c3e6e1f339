import type { Field, Place } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { shapesOf } from "../scopes/shapesOf.js";
import type { TensorInfos } from "../shapes/inferShapes.js";
import { isSameScope, type NoiseSource, type Site, sitesOf } from "../sites/site.js";
import { type FoundDropout, findDropout } from "./findDropout.js";
import { type InspectedGraph, inspectedGraphs } from "./InspectedGraph.js";
import { patternVariant } from "./patternVariant.js";

/** Dropout that a model holds. */
export interface DropoutSite {
  /** `"dropoutkit"` for what this package made, `"Dropout"` for the ONNX operator, `"pattern"` for a generator and arithmetic. */
  readonly kind: "dropoutkit" | "Dropout" | "pattern";
  /** The site's name: its node's, behind those of the graphs and calls around it. */
  readonly site: string;
  /** The tensor that is dropped, and the tensor that comes of it. */
  readonly x: string;
  readonly output: string;
  /** Drop probability in [0, 1]; undefined where it is computed or fed when the model runs, or there is none. */
  readonly rate: number | undefined;
  /** The variant's name; undefined for a pattern whose mask has no known shape. */
  readonly variant: string | undefined;
  /** Whether it drops when the model runs; undefined where that is computed or fed. */
  readonly training: boolean | undefined;
  /** Of sites of dropoutkit: where in a layer the part acts, and where its noise comes from. */
  readonly place?: Place;
  readonly noise?: NoiseSource;
}

/** A site with what pitfalls are found by. */
export interface InspectedSite {
  readonly site: DropoutSite;
  readonly scoped: InspectedGraph;
  readonly field: Field | undefined;
}

/** A model's dropout in the order of its nodes; of nested graphs behind what is around them. */
export function dropoutSites(model: OnnxModel): InspectedSite[] {
  const records = sitesOf(model);
  const shapes = shapesOf(model);
  return inspectedGraphs(model).flatMap((scoped) => {
    const own = records.filter((record) => isSameScope(record, scoped));
    const infos = shapes(scoped.scope);
    const found = new Map(
      findDropout(opsetOf(model), scoped, infos).map((one) => [one.node, foundSite(one, infos)]),
    );
    return scoped.graph.node.flatMap((node): InspectedSite[] => {
      const ours = own.filter(({ output }) => node.output.includes(output));
      const other = found.get(node);
      const theirs = other === undefined ? [] : [other];
      return [...ours.map(recordedSite), ...theirs].map((site) => ({ ...site, scoped }));
    });
  });
}

type Unplaced = Omit<InspectedSite, "scoped">;

function recordedSite({ site, x, output, variant, noise, part, rateAsInput }: Site): Unplaced {
  const { field, at } = part;
  const rate = rateAsInput ? undefined : field.rate;
  const names = { kind: "dropoutkit", site, x, output, variant } as const;
  return { field, site: { ...names, rate, training: true, place: at, noise } };
}

function foundSite(
  { kind, site, x, output, rate, training, dims, law, blockSize }: FoundDropout,
  infos: TensorInfos,
): Unplaced {
  const target = infos.get(x)?.dims;
  const known = law !== undefined && dims !== undefined && target !== undefined;
  const variant = known
    ? patternVariant({ law, blockSize, rate: rate ?? 0, mask: dims, target })
    : undefined;
  const name = kind === "Dropout" ? "dropout" : variant?.name;
  const field: Field | undefined =
    kind === "Dropout" ? { draw: "bernoulli" } : variant?.parts[0].field;
  return { field, site: { kind, site, x, output, rate, variant: name, training } };
}
