import { checkName, partSite, siteHash } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "../model/OnnxModel.js";
import { isSameScope, type Site, sitesOf } from "../sites/site.js";

/** True if the model holds just that part already; anything else of that name, or of its hash, is an error. */
export function hasSite(
  model: OnnxModel,
  {
    owner,
    ...wanted
  }: Pick<Site, "site" | "part" | "noise" | "scope"> & {
    readonly owner: string;
    readonly tensor: string;
  },
): boolean {
  checkName(owner, "site", wanted.site);
  const hash = siteHash(partSite(wanted.site, wanted.part));
  const same = sitesOf(model).find((other) => siteHash(partSite(other.site, other.part)) === hash);
  if (same === undefined) return false;
  const isThere =
    same.site === wanted.site &&
    same.noise === wanted.noise &&
    [same.x, same.output].includes(wanted.tensor) &&
    isSameScope(same, wanted) &&
    JSON.stringify(same.part) === JSON.stringify(wanted.part);
  if (isThere) return true;
  const got =
    same.site === wanted.site
      ? `${wanted.site} twice`
      : `${wanted.site}, which has the hash of ${same.site}`;
  throw new Error(`${owner}: site must have a name of its own, got ${got}`);
}
