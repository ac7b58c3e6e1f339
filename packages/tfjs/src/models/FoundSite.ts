import type { Field } from "@dropoutkit/core/adapter";
import type { DropoutSite } from "./DropoutSite.js";
import type { PlacedLayer } from "./LayerGraph.js";

/** A site with what pitfalls are found by. */
export interface FoundSite extends PlacedLayer {
  readonly site: DropoutSite;
  readonly field: Field;
  /** Equal where the same numbers are drawn. */
  readonly stream: unknown;
}
