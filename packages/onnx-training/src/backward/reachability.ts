import {
  DataType,
  type GraphProto,
  type NodeProto,
  readsOf,
  type TensorInfos,
} from "@dropoutkit/onnx/graph";
import { changingReads } from "./constantInputs.js";

/** ONNX's numbers for float32, float16, float64 and bfloat16. */
const FLOATS: ReadonlySet<number> = new Set([
  DataType.FLOAT,
  DataType.FLOAT16,
  DataType.DOUBLE,
  DataType.BFLOAT16,
]);

/** Whether a tensor holds floats, as far as is known. */
export function mayBeFloat(infos: TensorInfos, name: string): boolean {
  const info = infos.get(name);
  return info === undefined || FLOATS.has(info.dataType);
}

/** The named tensors and all that a small change of theirs changes; tensors known to hold no floats do not change. */
export function dependents(
  nodes: readonly NodeProto[],
  { names, infos }: { readonly names: readonly string[]; readonly infos: TensorInfos },
): ReadonlySet<string> {
  const isFloat = (name: string): boolean => mayBeFloat(infos, name);
  const found = new Set(names.filter(isFloat));
  for (const node of nodes) {
    if (changingReads(node).some((name) => found.has(name)))
      for (const name of node.output) if (isFloat(name)) found.add(name);
  }
  found.delete("");
  return found;
}

export interface BodyOptions {
  /** The node that runs the body: its inputs are the body's, and it carries its first outputs to its first inputs. */
  readonly node: NodeProto;
  /** Number of the tensors that are carried from one iteration to the next. */
  readonly states: number;
  readonly active: ReadonlySet<string>;
  readonly infos: TensorInfos;
}

/** `dependents` in a body: of the active tensors around it, and of its inputs that are active in some iteration. */
export function dependentsInBody(
  { node: nodes, input, output }: GraphProto,
  { node, states, active, infos }: BodyOptions,
): ReadonlySet<string> {
  const given = input.filter((_, i) => active.has(node.input[i]));
  let names = [...active, ...given.map(({ name }) => name)];
  for (;;) {
    const found = dependents(nodes, { names, infos });
    const carried = input
      .slice(0, states)
      .filter(({ name }, i) => found.has(output[i].name) && !found.has(name));
    if (carried.length === 0) return found;
    names = [...found, ...carried.map(({ name }) => name)];
  }
}

/** Tensors and all that they are computed from. */
export function ancestors(
  nodes: readonly NodeProto[],
  ...tensors: readonly string[]
): ReadonlySet<string> {
  const found = new Set(tensors);
  for (const node of [...nodes].reverse()) {
    if (node.output.some((name) => found.has(name)))
      for (const name of readsOf(node)) found.add(name);
  }
  found.delete("");
  return found;
}
