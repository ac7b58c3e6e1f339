import { partSite } from "@dropoutkit/core/adapter";
import { nearMisses } from "../labels/nearMisses.js";
import type { Site } from "../sites/site.js";

const namesOf = ({ site, part }: Site): readonly string[] => [site, partSite(site, part)];

/**
 * The sites of a name; it may be that of one part, such as `lstm/nextCell`.
 * @throws {Error} If there is none.
 */
export function sitesNamed(owner: string, sites: readonly Site[], name: string): Site[] {
  const named = sites.filter((site) => namesOf(site).includes(name));
  if (named.length > 0) return named;
  const known = new Set(sites.flatMap(namesOf));
  throw new Error(
    `${owner}: site must be one of the model whose rate can change, got ${name}${nearMisses(name, known)}`,
  );
}
