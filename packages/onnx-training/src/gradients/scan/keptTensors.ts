import { type NodeProto, readsOf, type TensorInfo } from "@dropoutkit/onnx";
import { Network } from "./Network.js";

export interface KeptOptions {
  /** The nodes of a body, and those behind them that depend on no gradient. */
  readonly nodes: readonly NodeProto[];
  /** The body's inputs: known in an iteration only if their sequences exist or are kept. */
  readonly inputs: readonly string[];
  /** Tensors whose sequences exist in any case. */
  readonly free: ReadonlySet<string>;
  /** What the way back reads. */
  readonly needed: readonly string[];
  info(tensor: string): TensorInfo | undefined;
}

export interface Kept {
  /** The tensors that the forward pass keeps for the way back. */
  readonly tensors: readonly string[];
  /** The nodes that the way back computes again from them. */
  readonly again: readonly NodeProto[];
}

/**
 * Chooses what a loop keeps of each iteration, so that it is fewest bytes: the smallest cut between what
 * cannot be had again and what the way back reads. Only cheap operators are computed again.
 */
export function keptTensors({ nodes, inputs, free, needed, info }: KeptOptions): Kept {
  const network = new Network();
  const bytes = bytesOf(nodes, info);
  const inside = new Set([...inputs, ...free, ...nodes.flatMap(({ output }) => output)]);
  inside.delete("");
  for (const tensor of inside) {
    network.pipe(`<${tensor}`, `>${tensor}`, free.has(tensor) ? 0 : bytes(tensor));
  }
  const lost = new Set([...inputs, ...free]);
  for (const node of nodes) {
    for (const output of node.output) {
      if (!CHEAP.has(node.opType)) lost.add(output);
      else for (const input of node.input) network.pipe(`>${input}`, `<${output}`, Infinity);
    }
  }
  for (const tensor of lost) network.pipe("source", `<${tensor}`, Infinity);
  for (const tensor of needed) network.pipe(`>${tensor}`, "sink", Infinity);
  const side = network.sinkSide("source", "sink");
  const tensors = [...inside].filter((name) => !side.has(`<${name}`) && side.has(`>${name}`));
  const known = new Set(tensors);
  const wanted = new Set(needed);
  const again = [...nodes].reverse().filter((node) => {
    if (!node.output.some((name) => wanted.has(name) && !known.has(name))) return false;
    for (const name of node.input) wanted.add(name);
    return true;
  });
  return { tensors: tensors.filter((name) => wanted.has(name)), again: again.reverse() };
}

/** Operators that cost about what reading a kept tensor costs. */
const CHEAP: ReadonlySet<string> = new Set([
  "Abs",
  "Add",
  "And",
  "Cast",
  "Clip",
  "Constant",
  "Div",
  "Equal",
  "Expand",
  "Flatten",
  "Gather",
  "Greater",
  "GreaterOrEqual",
  "Identity",
  "LeakyRelu",
  "Less",
  "LessOrEqual",
  "Max",
  "Min",
  "Mul",
  "Neg",
  "Not",
  "Or",
  "Relu",
  "Reshape",
  "Shape",
  "Sign",
  "Slice",
  "Split",
  "Squeeze",
  "Sub",
  "Sum",
  "Transpose",
  "Unsqueeze",
  "Where",
]);

/** Operators whose output is boolean. */
const BOOLEAN: ReadonlySet<string> = new Set([
  "And",
  "Equal",
  "Greater",
  "GreaterOrEqual",
  "Less",
  "LessOrEqual",
  "Not",
  "Or",
]);

/** A size that only the run tells counts as this. */
const USUAL_SIZE = 32;

/** ONNX's numbers of element types of 1 and of 8 bytes; others count as 4. */
const BYTES: Readonly<Record<number, number>> = { 2: 1, 3: 1, 7: 8, 9: 1, 11: 8, 13: 8 };

/** Estimates the bytes of tensors; those that shapes are not inferred of are as large as what they are made from. */
function bytesOf(
  nodes: readonly NodeProto[],
  info: KeptOptions["info"],
): (tensor: string) => number {
  const counts = new Map<string, number>();
  const widths = new Map<string, number>();
  const countOf = (tensor: string): number => {
    const dims = info(tensor)?.dims;
    if (dims === undefined) return counts.get(tensor) ?? 1;
    return dims.reduce<number>((n, size) => n * (typeof size === "number" ? size : USUAL_SIZE), 1);
  };
  for (const node of nodes) {
    const isShape = node.opType === "Shape";
    const count = isShape ? 4 : Math.max(1, ...readsOf(node).map(countOf));
    const width = isShape ? 8 : BOOLEAN.has(node.opType) ? 1 : 4;
    for (const output of node.output) {
      counts.set(output, count);
      widths.set(output, width);
    }
  }
  return (tensor) => {
    const dataType = info(tensor)?.dataType;
    const width = dataType === undefined ? (widths.get(tensor) ?? 4) : (BYTES[dataType] ?? 4);
    return Math.max(1, countOf(tensor)) * width;
  };
}
