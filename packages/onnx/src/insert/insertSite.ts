import { isFloat } from "../inspect/isFloat.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { renameOutput, rewire } from "../model/rewire.js";
import { tensorTypeOf } from "../model/tensorType.js";
import { type TensorInfo, valueInfoOf } from "../model/valueInfo.js";
import { iterationOf } from "../scopes/iterationOf.js";
import { openGraph } from "../scopes/openGraph.js";
import { renameSiteOutput } from "../sites/site.js";
import { checkRank } from "./checkRank.js";
import { type PutSiteOptions, putSite } from "./putSite.js";

export interface InsertSiteOptions
  extends Pick<
    PutSiteOptions,
    "owner" | "site" | "variant" | "part" | "noise" | "scope" | "leaves" | "builder"
  > {
  readonly tensor: string;
  readonly info: TensorInfo | undefined;
}

/**
 * Puts a part behind a tensor, in place: all that read the tensor read the noisy one.
 * @throws {Error} If the tensor's shape is not known, or it passes through the model.
 * @throws {TypeError} If it holds no floats.
 */
export function insertSite(
  model: OnnxModel,
  { owner, tensor, scope, info, builder, ...site }: InsertSiteOptions,
): void {
  if (info === undefined) {
    throw new Error(`${owner}: tensor ${tensor} must have a known shape, got none`);
  }
  if (!isFloat(info)) {
    const type = tensorTypeOf(info.dataType) ?? `data type ${info.dataType}`;
    throw new TypeError(
      `${owner}: tensor ${tensor} must hold float16, bfloat16, float32 or float64, got ${type}`,
    );
  }
  checkRank(owner, site.part.field, { tensor, info });
  const { iteration } = iterationOf(model, builder, { ...site, owner, scope });
  const { graph } = openGraph(model, scope);
  const maker = graph.node.findIndex((node) => node.output.includes(tensor));
  const isOutput = graph.output.some(({ name }) => name === tensor);
  if (isOutput && maker < 0) {
    throw new Error(`${owner}: tensor must be made by a node, got ${tensor}, which passes through`);
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
