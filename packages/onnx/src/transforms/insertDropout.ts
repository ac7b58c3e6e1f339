import type { Variant } from "@dropoutkit/core";
import { checkOptions, type Part } from "@dropoutkit/core/adapter";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { addLearned } from "../insert/addLearned.js";
import { type After, choosePlaces, siteName } from "../insert/choosePlaces.js";
import { hasSite } from "../insert/hasSite.js";
import { insertSite } from "../insert/insertSite.js";
import { valuePart } from "../insert/valuePart.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import type { NodeProto } from "../model/schema.js";
import type { TensorInfo } from "../model/valueInfo.js";
import { nameHolders } from "../scopes/nameHolders.js";
import { shapesOf } from "../scopes/shapesOf.js";
import type { NoiseSource } from "../sites/site.js";

export interface InsertDropoutOptions {
  /**
   * What is applied: a variant that acts on activations, or on what enters a layer. What it
   * learns becomes a scalar weight `<site>.<name>`, such as `hidden.logit` of `concreteDropout`. Channels are first
   * where the variant does not say.
   */
  readonly variant: Variant;
  /** Where it is applied. */
  readonly after: After;
  /**
   * A site's name, for the place in the model. Default: the node's name, for its first output, else the
   * tensor's, behind the names of the graphs around it and of the calls that lead to it, joined by `/`.
   */
  readonly site?: (place: { readonly tensor: string; readonly node?: NodeProto }) => string;
  /**
   * Where masks come from: `"feeds"` (default; opset 9 and later) adds a boolean input for each site,
   * which `maskFeeds` fills; `"graph"` (opset 18 and later) draws them in the model from one input
   * `dropout.key`, uint32 `[seed, step]`.
   */
  readonly noise?: NoiseSource;
  /**
   * Is told each chosen tensor that gets no noise: one whose shape is not known, which without it is an error, and, of
   * those that `opType` or `scope` chose, one with fewer axes than the variant needs, such as the dense head of a CNN
   * under `spatialDropout`.
   */
  readonly onSkip?: (place: SkippedPlace) => void;
}

/** A place that `insertDropout` leaves out. */
export interface SkippedPlace {
  /** What the variant needs and the place lacks. */
  readonly reason: "shape" | "axes";
  readonly tensor: string;
  /** The node that makes it; none for an input. */
  readonly node?: NodeProto;
  /** What its site would be called. */
  readonly site: string;
}

/**
 * A model with dropout after the chosen tensors: every reader of such a tensor reads the noisy one.
 * Standard operators only; the weights are shared with `model`, which is not changed. A function that
 * holds a site is inlined where it is called. A part that is there already is not put in again. Call it
 * on a model for training; `stripDropout` takes it out again.
 * @throws {Error} If a chosen tensor does not exist or is not read, nothing is chosen, a name is taken, a
 * shape is not known, or the model's opset is too old for the noise.
 * @throws {RangeError} If the variant's field does not fit a tensor: it has too few axes, or blocks do not fit.
 * @throws {TypeError} If the variant does more than act on activations by one field over their values, or a
 * tensor holds no floats.
 */
export function insertDropout(model: ModelLike, options: InsertDropoutOptions): OnnxModel {
  const noisy = copyModel(modelOf("insertDropout", model));
  const { noise = "feeds" } = checkOptions("insertDropout", options);
  const part = valuePart("insertDropout", options.variant);
  const places = choosePlaces(noisy, options.after);
  nameHolders(noisy);
  const infos = shapesOf(noisy);
  const names = new GraphBuilder("", noisy.graph);
  const skipped: string[] = [];
  for (const place of places) {
    const { tensor, scope } = place;
    const site = options.site?.(place) ?? siteName(place);
    if (hasSite(noisy, { owner: "insertDropout", site, part, noise, scope, tensor })) continue;
    const info = infos(scope).get(tensor);
    const reason = reasonToSkip(info, part, options);
    if (reason !== undefined) {
      const { node } = place;
      options.onSkip?.({ reason, tensor, ...(node && { node }), site });
      skipped.push(`${tensor} [${info?.dims.join(", ")}]`);
      continue;
    }
    const { variant } = options;
    const leaves = addLearned(noisy, { owner: "insertDropout", variant, site, info });
    insertSite(noisy, {
      ...{ owner: "insertDropout", tensor, scope },
      builder: names.beside(site),
      site,
      part,
      noise,
      variant: variant.name,
      info,
      ...(variant.learned && { leaves }),
    });
  }
  if (skipped.length === places.length && options.onSkip === undefined) {
    throw new Error(
      `insertDropout: after must choose a tensor of at least ${part.field.minRank} axes for ${options.variant.name}, got ${skipped.join(", ")}`,
    );
  }
  return noisy;
}

/** What a place lacks that may be left out; undefined where the noise goes in, or says itself what is wrong. */
function reasonToSkip(
  info: TensorInfo | undefined,
  { field: { minRank = 0 } }: Part,
  { after, onSkip }: InsertDropoutOptions,
): SkippedPlace["reason"] | undefined {
  if (info === undefined) return onSkip && "shape";
  const isOfKind = typeof after === "object" && !("tensor" in after);
  return isOfKind && info.dims.length < minRank ? "axes" : undefined;
}
