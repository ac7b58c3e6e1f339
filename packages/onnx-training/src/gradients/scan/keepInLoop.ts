import {
  copyMessage,
  makeAttribute,
  type NodeProto,
  readsOf,
  type TensorInfo,
  valueInfoOf,
} from "@dropoutkit/onnx/graph";
import type { GradientContext } from "../GradientRule.js";
import type { BodyWay } from "./bodyWay.js";
import { loopBody } from "./loopBody.js";
import type { ScanNode, Sequence } from "./ScanNode.js";

export interface KeepOptions {
  readonly scan: ScanNode;
  readonly way: BodyWay;
  /** Tensors of the body, or of the nodes behind it. */
  readonly tensors: readonly string[];
  readonly info: (tensor: string) => TensorInfo;
  /** Nodes behind the body's that the loop may run. */
  readonly behind: readonly NodeProto[];
}

/** Makes a loop write the named tensors of each iteration too, first iteration first. Returns their sequences, `[iterations, ...sizes]`. */
export function keepInLoop(
  { builder, node, graphs }: GradientContext,
  { scan, way, tensors, info, behind }: KeepOptions,
): Sequence[] {
  const { body, states, outputs } = scan;
  const sequences = tensors.map((slice): Sequence => {
    return { slice, whole: builder.uniqueName(`${slice}.kept`), axis: 0, direction: 0 };
  });
  const written = [...outputs, ...sequences];
  const attributes = {
    body: loopBody(way.inner, body, {
      nodes: [...way.nodes, ...nodesFor(behind, tensors)],
      inputs: body.input,
      outputs: [...body.output, ...tensors.map((tensor) => valueInfoOf(tensor, info(tensor)))],
    }),
    scan_output_axes: written.map(({ axis }) => axis),
    scan_output_directions: written.map(({ direction }) => direction),
  };
  const others = node.attribute.filter(({ name }) => !Object.hasOwn(attributes, name));
  const own = [...states, ...outputs].map((_, i) => node.output[i] || builder.uniqueName("unread"));
  graphs.replace(
    copyMessage(node, {
      output: [...own, ...sequences.map(({ whole }) => whole)],
      attribute: [
        ...others,
        ...Object.entries(attributes).map(([name, value]) => makeAttribute(name, value)),
      ],
    }),
  );
  return sequences;
}

/** The nodes that make the named tensors, in order. */
function nodesFor(nodes: readonly NodeProto[], tensors: readonly string[]): NodeProto[] {
  const wanted = new Set(tensors);
  const found = [...nodes].reverse().filter((node) => {
    if (!node.output.some((name) => wanted.has(name))) return false;
    for (const name of readsOf(node)) wanted.add(name);
    return true;
  });
  return found.reverse();
}
