import type { Place } from "@dropoutkit/core/adapter";

/** A place in a model where noise is drawn. */
export interface DropoutSite {
  /** `"dropoutkit"` for a layer of this package, `"tfjs"` for one of tfjs's own. */
  readonly kind: "dropoutkit" | "tfjs";
  /** The layer's name, after those of the models and wrappers around it: `outer/inner`. */
  readonly layer: string;
  readonly className: string;
  /** The variant's name, also for what tfjs's own layers do. */
  readonly variant: string;
  /** Where in the layer: its `activation`, the `input` or `state` of a cell, a `kernel`. */
  readonly place: Place;
  /** Drop probability in [0, 1]; undefined where it is learned. */
  readonly rate: number | undefined;
  /** Undefined where the layer has none, so that each run differs. */
  readonly seed: number | undefined;
  /** Name of the noise; of layers of this package. */
  readonly site?: string;
  /** Training calls made so far; of layers of this package. */
  readonly step?: number;
}
