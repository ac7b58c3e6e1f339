import { checkRate, partSite } from "@dropoutkit/core/adapter";
import type { Site } from "../sites/site.js";
import { sitesNamed } from "./sitesNamed.js";

/** Drop probabilities in [0, 1]: one for all sites, or by the names of sites, or of their parts such as `lstm/nextCell`. */
export type Rates = number | Readonly<Record<string, number>>;

/**
 * The rate of each site that has one in `rates`; a part's own name goes before its site's.
 * @throws {Error} If a name is none of the sites', or there are no sites.
 * @throws {RangeError} If a rate is outside [0, 1].
 */
export function ratesOfSites(
  owner: string,
  sites: readonly Site[],
  rates: Rates,
): ReadonlyMap<Site, number> {
  if (sites.length === 0) {
    throw new Error(`${owner}: model must have a site whose rate can change, got none`);
  }
  if (typeof rates !== "object") {
    const rate = checkRate(owner, rates);
    return new Map(sites.map((site) => [site, rate]));
  }
  const found = new Map<Site, number>();
  for (const [name, rate] of Object.entries(rates)) {
    checkRate(owner, rate, `rate of ${name}`);
    for (const site of sitesNamed(owner, sites, name)) {
      const own = rates[partSite(site.site, site.part)];
      found.set(site, own ?? rate);
    }
  }
  return found;
}
