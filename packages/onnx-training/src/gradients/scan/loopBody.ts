import {
  copyMessage,
  type GraphBuilder,
  type GraphProto,
  makeValueInfo,
  type NodeProto,
  type ValueInfoProto,
} from "@dropoutkit/onnx/graph";

export interface LoopBodyOptions {
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
}

/**
 * A body like another one, with its constants. Each of its outputs is made by a node of its own: no two are
 * one tensor, and none is an input.
 */
export function loopBody(
  inner: GraphBuilder,
  base: GraphProto,
  { nodes, inputs, outputs }: LoopBodyOptions,
): GraphProto {
  const copies = inner.nested(base.name);
  const free = new Set(nodes.flatMap(({ output }) => output));
  const own = outputs.map((value) =>
    free.delete(value.name)
      ? value
      : copyMessage(value, { name: copies.op("Identity", [value.name]) }),
  );
  return copyMessage(base, {
    node: [...nodes, ...copies.nodes],
    input: [...inputs],
    output: own,
    valueInfo: [],
  });
}

/** An input of a body. Its type follows from what the loop gives. */
export const untyped = (name: string): ValueInfoProto =>
  copyMessage(makeValueInfo(name, { type: "float32", dims: [] }), { type: undefined });
