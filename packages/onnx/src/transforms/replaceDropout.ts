import type { Variant } from "@dropoutkit/core";
import { replaceSite } from "../insert/replaceSite.js";
import { findDropout, holdsDropout } from "../inspect/findDropout.js";
import { inspectedGraphs } from "../inspect/InspectedGraph.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { inlineCalls } from "../scopes/inlineCalls.js";
import { nameHolders } from "../scopes/nameHolders.js";
import { shapesOf } from "../scopes/shapesOf.js";
import type { NoiseSource } from "../sites/site.js";

export interface ReplaceDropoutOptions {
  /** Makes the variant of each site's rate, such as `alphaDropout`; channels are first where it does not say. Default: what the site is, `dropout`, `spatialDropout` or `stochasticDepth`. */
  readonly variant?: (options: { readonly rate: number }) => Variant;
  /** Drop probability in [0, 1] of all sites. Default: of each its own. */
  readonly rate?: number;
  /** Where masks come from, as in `insertDropout`: `"feeds"` (default) or `"graph"`. */
  readonly noise?: NoiseSource;
}

/**
 * A model whose own dropout became dropoutkit's, which runtimes keep and whose masks can be set:
 * `Dropout` nodes of any opset, training or not, and dropout that is written as a generator and a
 * product or selection. A site has its node's name. A mask that is read is the site's. Functions that
 * hold dropout are inlined. `inspectDropout` lists what there is, before and after (without a
 * site of another kind than `"dropoutkit"` there is nothing to do); `stripDropout` gives
 * the clean model.
 * @throws {Error} If a rate is not constant and none is given, a shape is not known, one mask serves
 * several sites, a site's name is taken, or the model's opset is too old for the noise.
 * @throws {TypeError} If the variant does more than act on activations by one field over their values, or
 * has no mask for those who read one.
 * @throws {RangeError} If `rate` is outside [0, 1].
 */
export function replaceDropout(
  model: ModelLike,
  { variant, rate, noise = "feeds" }: ReplaceDropoutOptions = {},
): OnnxModel {
  const noisy = copyModel(modelOf("replaceDropout", model));
  inlineCalls(noisy, { owner: "replaceDropout", isWanted: holdsDropout });
  const shapes = shapesOf(noisy);
  const places = inspectedGraphs(noisy).flatMap((scoped) => {
    const infos = shapes(scoped.scope);
    const found = findDropout(opsetOf(noisy), scoped, infos);
    return found.map((one) => ({ one, info: infos.get(one.x) }));
  });
  if (places.length > 0) nameHolders(noisy);
  for (const { one, info } of places) replaceSite(noisy, one, { variant, rate, noise, info });
  return noisy;
}
