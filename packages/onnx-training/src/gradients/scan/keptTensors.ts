import { type NodeProto, readsOf, type TensorInfo } from "@dropoutkit/onnx/graph";
import { Network } from "./Network.js";

export interface KeptOptions {
  /** The nodes of a body. */
  readonly nodes: readonly NodeProto[];
  /** Nodes behind them that depend on no gradient: either loop may run them. */
  readonly behind: readonly NodeProto[];
  /** The body's inputs: known in an iteration only if their sequences exist or are kept. */
  readonly inputs: readonly string[];
  /** Tensors whose sequences exist in any case. */
  readonly free: ReadonlySet<string>;
  /** What the way back reads. */
  readonly needed: readonly string[];
  /** Type and sizes of a tensor; a tensor of `behind` is not kept where they are not known. */
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
 * cannot be had again and what the way back reads. Only cheap operators of the body are computed again.
 */
export function keptTensors(options: KeptOptions): Kept {
  const { nodes, behind, inputs, free, needed, info } = options;
  const network = new Network();
  const own = new Set([...inputs, ...free, ...nodes.flatMap(({ output }) => output)]);
  const inside = new Set([...own, ...behind.flatMap(({ output }) => output)]);
  inside.delete("");
  for (const tensor of inside) {
    const bytes = bytesOf(info(tensor)) ?? (own.has(tensor) ? USUAL_BYTES : Infinity);
    network.pipe(`<${tensor}`, `>${tensor}`, free.has(tensor) ? 0 : bytes);
  }
  const expensive = nodes.filter(({ opType }) => !CHEAP.has(opType));
  const lost = new Set([...inputs, ...free, ...expensive.flatMap(({ output }) => output)]);
  for (const tensor of lost) network.pipe("source", `<${tensor}`, Infinity);
  const all = [...nodes, ...behind];
  for (const node of all) {
    if (expensive.includes(node)) continue;
    for (const output of node.output) {
      for (const input of readsOf(node)) network.pipe(`>${input}`, `<${output}`, Infinity);
    }
  }
  for (const tensor of needed) network.pipe(`>${tensor}`, "sink", Infinity);
  const side = network.sinkSide("source", "sink");
  const cut = [...inside].filter((name) => !side.has(`<${name}`) && side.has(`>${name}`));
  const wanted = new Set(needed);
  const again = [...all].reverse().filter((node) => {
    if (!node.output.some((name) => wanted.has(name) && !cut.includes(name))) return false;
    for (const name of readsOf(node)) wanted.add(name);
    return true;
  });
  return { tensors: cut.filter((name) => wanted.has(name)), again: again.reverse() };
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

/** What a size counts as that only the run tells, and what the bytes of a tensor of unknown rank. */
const USUAL_SIZE = 32;
const USUAL_BYTES = 4 * USUAL_SIZE ** 2;

/** ONNX's numbers of element types of 1, 2 and 8 bytes; others count as 4. */
const BYTES: Readonly<Record<number, number>> = {
  ...{ 2: 1, 3: 1, 9: 1, 4: 2, 5: 2, 10: 2, 16: 2 },
  ...{ 7: 8, 11: 8, 13: 8 },
};

/** At least 1, so that of two ways to nothing the shorter one is taken. */
function bytesOf(info: TensorInfo | undefined): number | undefined {
  if (info === undefined) return undefined;
  const sizes = info.dims.map((size) => (typeof size === "number" ? size : USUAL_SIZE));
  return Math.max(
    1,
    sizes.reduce((count, size) => count * size, BYTES[info.dataType] ?? 4),
  );
}
