import { type Part, partSite, siteHash } from "@dropoutkit/core";
import type { OnnxModel } from "../codec.js";
import { type NoiseSource, type Site, sitesOf } from "../site.js";
import { nodeName } from "./graphFacts.js";
import type { Weight } from "./weightedLayer.js";

/** A part of a variant that is wanted at a weight. */
export interface WantedPart {
  readonly owner: string;
  readonly site: string;
  readonly part: Part;
  readonly noise: NoiseSource;
  readonly weight: Weight;
}

/**
 * True if a model has this very part at this weight.
 * @throws {Error} If the site's name is that of other noise, or its hash is, or the weight has other noise.
 */
export function isThere(model: OnnxModel, { owner, site, part, noise, weight }: WantedPart): boolean {
  const { reader, input, tensor } = weight;
  const [y] = reader.output;
  const maker = model.graph.node.find(({ output }) => output.includes(y));
  const isRead = (other: Site): boolean =>
    other.replaces === undefined ? maker?.input[input] === other.output : other.output === y;
  const hash = siteHash(partSite(site, part));
  const sites = sitesOf(model);
  const same = sites.find((other) => siteHash(partSite(other.site, other.part)) === hash);
  if (same !== undefined) {
    const isEqual =
      JSON.stringify([same.site, same.part, same.noise, same.x]) ===
      JSON.stringify([site, part, noise, tensor]);
    if (isEqual && isRead(same)) return true;
    const got = same.site === site ? `${site} twice` : `${site}, which has the hash of ${same.site}`;
    throw new Error(`${owner}: site must have a name of its own, got ${got}`);
  }
  if (maker?.opType !== reader.opType || maker.input[input] !== tensor) {
    const other = sites.find((known) => known.x === tensor && isRead(known));
    throw new Error(
      `${owner}: weight ${tensor} of node ${nodeName(reader)} must have no noise yet, got that of site ${other?.site}`,
    );
  }
  return false;
}
