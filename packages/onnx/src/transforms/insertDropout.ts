import { type Part, partSite, siteHash, type Variant } from "@dropoutkit/core";
import { copyModel, type ModelLike, modelOf, type OnnxModel } from "../codec.js";
import { GraphBuilder } from "../GraphBuilder.js";
import { nearMisses } from "../nearMisses.js";
import { checkNoiseOpset } from "../noise/checkNoiseOpset.js";
import { emitSite } from "../noise/emitSite.js";
import { renameOutput, rewire } from "../rewire.js";
import type { GraphProto, NodeProto } from "../schema.js";
import { inferShapes } from "../shapes/inferShapes.js";
import { type NoiseSource, recordSite, renameSiteOutput, sitesOf } from "../site.js";
import { type TensorInfo, valueInfoOf } from "../valueInfo.js";

/** Which tensors noise goes to: named ones, the outputs of operators of a type, or of nodes that a predicate picks. */
export type After =
  | { readonly tensor: string | readonly string[] }
  | { readonly opType: string | readonly string[] }
  | ((node: NodeProto) => boolean);

export interface InsertDropoutOptions {
  /** What is applied: a variant of `@dropoutkit/core` that acts on activations. */
  readonly variant: Variant;
  /** Where it is applied. */
  readonly after: After;
  /** A site's name, for the place in the model; default: the node's name, else the tensor's. */
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
 * Standard operators only; the weights are shared with `model`, which is not changed. Call it on a
 * model for training; `stripDropout` takes it out again.
 * @throws {Error} If a chosen tensor does not exist or nothing is chosen, a site's name is taken, a
 * shape is not known, or the model's opset is too old for the noise.
 * @throws {TypeError} If the variant does more than act on activations by one field over their values, or a
 * tensor holds no floats.
 */
export function insertDropout(model: ModelLike, options: InsertDropoutOptions): OnnxModel {
  const noisy = copyModel(modelOf("insertDropout", model));
  const noise = options.noise ?? "feeds";
  checkNoiseOpset("insertDropout", noisy, noise);
  const part = activationPart(options.variant);
  const infos = inferShapes(noisy);
  const places = placesOf(noisy, options.after);
  for (const place of places) {
    const site = options.site?.(place) ?? (place.node?.name || place.tensor);
    insertSite(noisy, {
      ...place,
      site,
      part,
      noise,
      variant: options.variant.name,
      info: infos.get(place.tensor),
    });
  }
  return noisy;
}

interface Place {
  readonly tensor: string;
  readonly node?: NodeProto;
}

interface SiteOptions extends Place {
  readonly site: string;
  readonly part: Part;
  readonly noise: NoiseSource;
  readonly variant: string;
  readonly info: TensorInfo | undefined;
}

function insertSite(
  model: OnnxModel,
  { tensor, site, part, noise, variant, info }: SiteOptions,
): void {
  const { graph } = model;
  checkSite(model, site, part);
  if (info === undefined) {
    throw new Error(`insertDropout: tensor ${tensor} must have a known shape, got none`);
  }
  // An output of the graph keeps its name, so there the clean tensor gets another.
  const isOutput = graph.output.some(({ name }) => name === tensor);
  const builder = new GraphBuilder(site, graph);
  const x = isOutput ? builder.uniqueName("in") : tensor;
  const output = isOutput ? tensor : builder.uniqueName("out");
  const { value, ...drawn } = emitSite(model, builder, { part, site, noise, x, info });
  const nodes = renameOutput(builder.nodes, value, output);
  const at = 1 + graph.node.findIndex((node) => node.output.includes(tensor));
  const others = isOutput
    ? renameOutput(graph.node, tensor, x)
    : rewire(graph.node, tensor, output);
  graph.node = [...others.slice(0, at), ...nodes, ...others.slice(at)];
  graph.initializer.push(...builder.initializers);
  if (isOutput) renameSiteOutput(model, tensor, x);
  else graph.valueInfo.push(valueInfoOf(output, info));
  recordSite(model, { site, variant, part, noise, x, output, ...drawn });
}

/** Sites of one name draw the same noise, and so do sites whose names have one hash. */
function checkSite(model: OnnxModel, site: string, part: Part): void {
  const hash = siteHash(partSite(site, part));
  const same = sitesOf(model).find((other) => siteHash(partSite(other.site, other.part)) === hash);
  if (same === undefined) return;
  const got = same.site === site ? `${site} twice` : `${site}, which has the hash of ${same.site}`;
  throw new Error(`insertDropout: site must have a name of its own, got ${got}`);
}

function placesOf({ graph }: OnnxModel, after: After): Place[] {
  if (typeof after === "object" && "tensor" in after) {
    return [after.tensor].flat().map((tensor) => placeOfTensor(graph, tensor));
  }
  const chosen =
    typeof after === "function"
      ? graph.node.filter(after)
      : graph.node.filter(({ opType }) => [after.opType].flat().includes(opType));
  if (chosen.length === 0) {
    const types = new Set(graph.node.map(({ opType }) => opType));
    throw new Error(
      typeof after === "function"
        ? "insertDropout: after must choose a node, got a predicate that is true for none"
        : `insertDropout: after must choose a node, got none of type ${[after.opType].flat().join(", ")} (the model has ${[...types].join(", ")})`,
    );
  }
  return chosen.map((node) => ({ tensor: node.output[0], node }));
}

function placeOfTensor(graph: GraphProto, tensor: string): Place {
  const node = graph.node.find(({ output }) => output.includes(tensor));
  const isInput = graph.input.some(({ name }) => name === tensor);
  if (node === undefined && !isInput) {
    const names = [
      ...graph.input.map(({ name }) => name),
      ...graph.node.flatMap(({ output }) => output),
    ];
    throw new Error(
      `insertDropout: tensor must be in the model, got ${tensor}${nearMisses(tensor, names)}`,
    );
  }
  if (node === undefined && graph.output.some(({ name }) => name === tensor)) {
    throw new Error(
      `insertDropout: tensor must be made by a node, got ${tensor}, which passes through`,
    );
  }
  return { tensor, node };
}

function activationPart({ name, parts }: Variant): Part {
  const [part] = parts;
  if (parts.length !== 1 || part.at !== "activation") {
    throw new TypeError(`insertDropout: variant must act on activations alone, got ${name}`);
  }
  const { perExample, perTimestep, samples } = part.field;
  if (perExample || perTimestep || samples !== undefined) {
    throw new TypeError(`insertDropout: variant must draw one field over its values, got ${name}`);
  }
  return part;
}
