import { floatAttribute } from "../attribute.js";
import { type ModelLike, modelOf, type OnnxModel } from "../codec.js";
import { constantOf } from "../constantOf.js";
import type { NodeProto } from "../schema.js";
import { type NoiseSource, sitesOf } from "../site.js";

/** Dropout that a model holds. */
export interface DropoutSite {
  /** `"dropoutkit"` for what `insertDropout` made, `"Dropout"` for the ONNX operator. */
  readonly kind: "dropoutkit" | "Dropout";
  /** The site's name, or the node's. */
  readonly site: string;
  /** The tensor that comes of it. */
  readonly output: string;
  /** Drop probability in [0, 1]; undefined where it is computed when the model runs. */
  readonly rate: number | undefined;
  /** The variant's name, and where its masks come from; for sites of dropoutkit. */
  readonly variant?: string;
  readonly noise?: NoiseSource;
}

/** Lists a model's dropout, in the order of its nodes. */
export function inspectDropout(model: ModelLike): DropoutSite[] {
  const decoded = modelOf("inspectDropout", model);
  const sites = new Map(sitesOf(decoded).map((site) => [site.output, site]));
  return decoded.graph.node.flatMap((node): DropoutSite[] => {
    const ours = node.output.map((name) => sites.get(name)).find((site) => site !== undefined);
    if (ours !== undefined) {
      const { site, output, variant, noise, part } = ours;
      return [{ kind: "dropoutkit", site, output, rate: part.field.rate, variant, noise }];
    }
    if (node.opType !== "Dropout") return [];
    const [output] = node.output;
    return [{ kind: "Dropout", site: node.name || output, output, rate: ratioOf(decoded, node) }];
  });
}

/** The ratio of a Dropout node: an attribute until opset 11, then an optional input; 0.5 where it is not given. */
function ratioOf({ graph }: OnnxModel, node: NodeProto): number | undefined {
  const ratio = node.input[1];
  if (!ratio) return floatAttribute(node, "ratio", 0.5);
  const value = constantOf(graph, ratio);
  return value === undefined ? undefined : Number(value.data[0]);
}
