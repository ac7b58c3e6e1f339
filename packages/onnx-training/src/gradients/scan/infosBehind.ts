import {
  GraphBuilder,
  inferShapes,
  type NodeProto,
  readsOf,
  type TensorInfo,
  type TensorInfos,
  type TensorProto,
  valueInfoOf,
} from "@dropoutkit/onnx/graph";

export interface BehindOptions {
  readonly opset: number;
  /** What is known of the tensors that the nodes read. */
  info(tensor: string): TensorInfo | undefined;
  readonly constants: readonly TensorProto[];
}

/** What follows of nodes that are not in a model yet. */
export function infosBehind(
  nodes: readonly NodeProto[],
  { opset, info, constants }: BehindOptions,
): TensorInfos {
  const builder = new GraphBuilder();
  const read = [...new Set(nodes.flatMap(readsOf))];
  const inputs = read.flatMap((name) => {
    const known = info(name);
    return known === undefined ? [] : [valueInfoOf(name, known)];
  });
  for (const constant of constants) builder.constant(constant);
  builder.nodes.push(...nodes);
  return inferShapes(builder.model({ name: "behind", inputs, outputs: [], opset }));
}
