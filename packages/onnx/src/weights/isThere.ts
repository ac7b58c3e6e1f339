import { type Part, partSite, siteHash } from "@dropoutkit/core";
import type { OnnxModel } from "../codec.js";
import { type NoiseSource, type Site, sitesOf } from "../site.js";

/** A part of a variant that is wanted at a tensor. */
export interface WantedPart {
  readonly owner: string;
  readonly site: string;
  readonly part: Part;
  readonly noise: NoiseSource;
  readonly x: string;
  /** True of a site whose result is where the wanted one's would be. */
  readonly isHere: (site: Site) => boolean;
}

/**
 * True if a model has this very part at this place.
 * @throws {Error} If the site's name, or its hash, is that of other noise.
 */
export function isThere(model: OnnxModel, wanted: WantedPart): boolean {
  const { owner, site, part, noise, x, isHere } = wanted;
  const hash = siteHash(partSite(site, part));
  const same = sitesOf(model).find((other) => siteHash(partSite(other.site, other.part)) === hash);
  if (same === undefined) return false;
  const isEqual =
    JSON.stringify([same.site, same.part, same.noise, same.x]) ===
    JSON.stringify([site, part, noise, x]);
  if (isEqual && isHere(same)) return true;
  const got = same.site === site ? `${site} twice` : `${site}, which has the hash of ${same.site}`;
  throw new Error(`${owner}: site must have a name of its own, got ${got}`);
}
