import { type DropoutSite, dropoutSites } from "../inspect/dropoutSites.js";
import { leftovers } from "../inspect/leftovers.js";
import type { Pitfall } from "../inspect/Pitfall.js";
import { pitfallsOf } from "../inspect/pitfallsOf.js";
import { type DropoutPlace, placesOf } from "../inspect/placesOf.js";
import { weightPitfalls } from "../inspect/weightPitfalls.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike } from "../model/OnnxModel.js";
import { inlineCalls } from "../scopes/inlineCalls.js";

/** What `inspectDropout` finds. */
export interface DropoutReport {
  /** The dropout that the model holds. */
  readonly sites: readonly DropoutSite[];
  /** Where dropout can go. */
  readonly places: readonly DropoutPlace[];
  /** What is likely a mistake. */
  readonly pitfalls: readonly Pitfall[];
}

/**
 * Lists a model's dropout, where more can go, and what is likely a mistake in it; in nested graphs and, at
 * each call, in functions too.
 */
export function inspectDropout(model: ModelLike): DropoutReport {
  const flat = copyModel(modelOf("inspectDropout", model));
  inlineCalls(flat, { owner: "inspectDropout" });
  const inspected = dropoutSites(flat);
  return {
    sites: inspected.map(({ site }) => site),
    places: placesOf(flat),
    pitfalls: [...pitfallsOf(inspected), ...leftovers(flat), ...weightPitfalls(flat)],
  };
}
