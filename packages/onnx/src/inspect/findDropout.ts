import { nodeName } from "../labels/nodeName.js";
import { isGenerator } from "../model/isGenerator.js";
import { countUses } from "../model/rewire.js";
import type { NodeProto } from "../model/schema.js";
import type { Dim } from "../model/valueInfo.js";
import type { TensorInfos } from "../shapes/inferShapes.js";
import { isDropout, readDropout } from "./dropoutNode.js";
import type { InspectedGraph } from "./InspectedGraph.js";
import { type NoisePattern, noiseIn } from "./noisePatterns.js";

/** Dropout of a model that is not dropoutkit's. */
export interface FoundDropout {
  readonly kind: "Dropout" | "pattern";
  /** The site's name: its node's, behind those of the graphs around it. */
  readonly site: string;
  readonly scope: readonly string[];
  readonly node: NodeProto;
  readonly x: string;
  readonly output: string;
  /** Drop probability in [0, 1]; undefined where it is computed or fed when the model runs. */
  readonly rate: number | undefined;
  /** Whether it drops; undefined where that is computed or fed. */
  readonly training: boolean | undefined;
  /** Sizes of the mask; of a pattern undefined where they are not known. */
  readonly dims: readonly Dim[] | undefined;
  /** Of a `Dropout`: its mask, where it is read. */
  readonly mask?: string;
  /** Of a pattern: what it computes, and its edge if that is blocks. */
  readonly law?: NoisePattern["law"];
  readonly blockSize?: number;
  /** Of a pattern: the node that draws, where others read what it draws. */
  readonly shared?: NodeProto;
}

/** True for a node that dropout other than dropoutkit's is made of. */
export const holdsDropout = (node: NodeProto): boolean => isDropout(node) || isGenerator(node);

/** The dropout of a graph that is not dropoutkit's, in the order of its nodes. */
export function findDropout(
  opset: number,
  scoped: InspectedGraph,
  infos: TensorInfos,
): FoundDropout[] {
  const { graph, scope } = scoped;
  if (!graph.node.some(holdsDropout)) return [];
  const uses = countUses(graph);
  const patterns = new Map(noiseIn(scoped, infos).patterns.map((found) => [found.node, found]));
  return graph.node.flatMap((node): FoundDropout[] => {
    const place = { node, scope, site: [...scope, nodeName(node)].join("/") };
    if (isDropout(node)) {
      const [output, mask] = node.output;
      const [x] = node.input;
      const dims = infos.get(x)?.dims;
      const read = mask && uses.has(mask) ? { mask } : {};
      return [
        {
          kind: "Dropout",
          ...place,
          x,
          output,
          dims,
          ...readDropout(opset, scoped, node),
          ...read,
        },
      ];
    }
    const pattern = patterns.get(node);
    if (pattern === undefined) return [];
    const { isShared, source, mask: _, ...found } = pattern;
    const shared = isShared ? { shared: source } : {};
    return [{ kind: "pattern", ...found, ...place, training: true, ...shared }];
  });
}
