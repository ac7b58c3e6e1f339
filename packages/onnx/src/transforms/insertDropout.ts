import type { Part, Variant } from "@dropoutkit/core";
import { copyModel, type ModelLike, modelOf, type OnnxModel } from "../codec.js";
import { GraphBuilder } from "../GraphBuilder.js";
import { activationPart } from "../insert/activationPart.js";
import { type After, choosePlaces, type Place, siteName } from "../insert/choosePlaces.js";
import { hasSite } from "../insert/hasSite.js";
import { putSite } from "../insert/putSite.js";
import { isFloat } from "../inspect/isFloat.js";
import { renameOutput, rewire } from "../rewire.js";
import type { NodeProto } from "../schema.js";
import { iterationOf } from "../scopes/iterationOf.js";
import { openGraph } from "../scopes/openGraph.js";
import { shapesOf } from "../scopes/shapesOf.js";
import { type NoiseSource, renameSiteOutput } from "../site.js";
import { tensorTypeOf } from "../tensorType.js";
import { type TensorInfo, valueInfoOf } from "../valueInfo.js";

export interface InsertDropoutOptions {
  /** What is applied: a variant of `@dropoutkit/core` that acts on activations. */
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
}

/**
 * A model with dropout after the chosen tensors: every reader of such a tensor reads the noisy one.
 * Standard operators only; the weights are shared with `model`, which is not changed. A function that
 * holds a site is inlined where it is called. A part that is there already is not put in again. Call it
 * on a model for training; `stripDropout` takes it out again.
 * @throws {Error} If a chosen tensor does not exist or nothing is chosen, a site's name is taken, a
 * shape is not known, or the model's opset is too old for the noise.
 * @throws {TypeError} If the variant does more than act on activations by one field over their values, or a
 * tensor holds no floats.
 */
export function insertDropout(model: ModelLike, options: InsertDropoutOptions): OnnxModel {
  const noisy = copyModel(modelOf("insertDropout", model));
  const noise = options.noise ?? "feeds";
  const part = activationPart("insertDropout", options.variant);
  const places = choosePlaces(noisy, options.after);
  const infos = shapesOf(noisy);
  for (const place of places) {
    const { tensor, scope } = place;
    const site = options.site?.(place) ?? siteName(place);
    if (hasSite(noisy, { owner: "insertDropout", site, part, noise, scope, tensor })) continue;
    insertSite(noisy, {
      ...place,
      site,
      part,
      noise,
      variant: options.variant.name,
      info: infos(scope).get(tensor),
    });
  }
  return noisy;
}

interface SiteOptions extends Place {
  readonly site: string;
  readonly part: Part;
  readonly noise: NoiseSource;
  readonly variant: string;
  readonly info: TensorInfo | undefined;
}

function insertSite(model: OnnxModel, { tensor, scope, info, ...site }: SiteOptions): void {
  if (info === undefined) {
    throw new Error(`insertDropout: tensor ${tensor} must have a known shape, got none`);
  }
  if (!isFloat(info)) {
    const type = tensorTypeOf(info.dataType) ?? `data type ${info.dataType}`;
    throw new TypeError(
      `insertDropout: tensor ${tensor} must hold float16, bfloat16, float32 or float64, got ${type}`,
    );
  }
  const owner = "insertDropout";
  const builder = new GraphBuilder(site.site, model.graph);
  const { iteration } = iterationOf(model, builder, { ...site, owner, scope });
  const { graph } = openGraph(model, scope);
  const maker = graph.node.findIndex((node) => node.output.includes(tensor));
  const isOutput = graph.output.some(({ name }) => name === tensor);
  if (isOutput && maker < 0) {
    throw new Error(
      `insertDropout: tensor must be made by a node, got ${tensor}, which passes through`,
    );
  }
  // An output of the graph keeps its name, so there the clean tensor gets another.
  const x = isOutput ? builder.uniqueName("in") : tensor;
  const output = isOutput ? tensor : builder.uniqueName("out");
  graph.node = isOutput ? renameOutput(graph.node, tensor, x) : rewire(graph.node, tensor, output);
  if (isOutput) renameSiteOutput(model, { from: tensor, to: x, scope });
  else graph.valueInfo.push(valueInfoOf(output, info));
  const place = { graph, scope, x, info, output, at: maker + 1, ...(iteration && { iteration }) };
  putSite(model, { ...site, ...place, owner, builder });
}
