import { nodeLabel } from "../labels/nodeLabel.js";
import { floatAttribute, intAttribute, stringAttribute } from "../model/attribute.js";
import { isStandardDomain } from "../model/opsetOf.js";
import type { NodeProto } from "../model/schema.js";
import { tensorTypeOf } from "../model/tensorType.js";
import type { TensorInfos } from "../shapes/inferShapes.js";
import { type Activation, activationsOf } from "./activation.js";

/** One direction in which a recurrent operator goes through the sequence. */
export interface Direction {
  /** Its place along the axis of directions. */
  readonly index: number;
  readonly backward: boolean;
  readonly activations: readonly Activation[];
}

/** What a node LSTM, GRU or RNN says, with nothing left to defaults. */
export interface RecurrentLayer {
  readonly node: NodeProto;
  readonly opset: number;
  readonly kind: RecurrentKind;
  /** Number of gates, along the second axis of the weights. */
  readonly gates: number;
  /** Each gate's number in core, which counts an LSTM's as input, forget, cell, output, a GRU's as update, reset, candidate. */
  readonly gateNumbers: readonly number[];
  readonly hidden: number;
  readonly type: "float32" | "float64";
  /** True where the batch is the first axis of inputs and outputs (`layout` 1), false where time is. */
  readonly batchFirst: boolean;
  /** Bound of what enters an activation; infinite where there is none. */
  readonly clip: number;
  /** True where an LSTM's forget gate is 1 - its input gate. */
  readonly inputForget: boolean;
  readonly linearBeforeReset: boolean;
  readonly directions: readonly Direction[];
  /** Tensors of the node; an optional one that it does not have is `""`. */
  readonly inputs: Readonly<Record<"x" | "w" | "r" | "b" | "lengths" | "h" | "c" | "p", string>>;
  readonly outputs: Readonly<Record<"y" | "h" | "c", string>>;
}

const kinds = {
  // ONNX has the gates of an LSTM as input, output, forget, cell.
  LSTM: { gateNumbers: [0, 3, 1, 2], activations: ["Sigmoid", "Tanh", "Tanh"] },
  GRU: { gateNumbers: [0, 1, 2], activations: ["Sigmoid", "Tanh"] },
  RNN: { gateNumbers: [0], activations: ["Tanh"] },
} as const;

export type RecurrentKind = keyof typeof kinds;

const isKind = (opType: string): opType is RecurrentKind => Object.hasOwn(kinds, opType);

/** True for the recurrent operators of ONNX. */
export const isRecurrent = ({ opType, domain }: NodeProto): boolean =>
  isKind(opType) && isStandardDomain(domain);

/**
 * Reads a recurrent node.
 * @throws {Error} If its hidden size or element type is not known, or an activation is none of ONNX's.
 */
export function recurrentLayer(
  owner: string,
  { node, infos, opset }: { node: NodeProto; infos: TensorInfos; opset: number },
): RecurrentLayer {
  const kind = node.opType;
  if (!isKind(kind)) {
    throw new TypeError(`${owner}: ${nodeLabel(node)} must be LSTM, GRU or RNN, got ${kind}`);
  }
  const { gateNumbers, activations } = kinds[kind];
  const [x, w, r, b = "", lengths = "", h = "", c = "", p = ""] = node.input;
  const [outY = "", outH = "", outC = ""] = node.output;
  return {
    node,
    opset,
    kind,
    gates: gateNumbers.length,
    gateNumbers,
    hidden: hiddenSize(owner, node, infos),
    type: elementType(owner, node, infos),
    batchFirst: intAttribute(node, "layout", 0) === 1,
    clip: floatAttribute(node, "clip", Number.POSITIVE_INFINITY),
    inputForget: intAttribute(node, "input_forget", 0) !== 0,
    linearBeforeReset: intAttribute(node, "linear_before_reset", 0) !== 0,
    directions: directionsOf(owner, node, activations),
    inputs: { x, w, r, b, lengths, h, c, p },
    outputs: { y: outY, h: outH, c: outC },
  };
}

function directionsOf(owner: string, node: NodeProto, defaults: readonly string[]): Direction[] {
  const direction = stringAttribute(node, "direction", "forward");
  const backwards = direction === "bidirectional" ? [false, true] : [direction === "reverse"];
  const all = backwards.flatMap(() => defaults);
  const activations = activationsOf(owner, node, all);
  return backwards.map((backward, index) => ({
    index,
    backward,
    activations: activations.slice(index * defaults.length, (index + 1) * defaults.length),
  }));
}

function hiddenSize(owner: string, node: NodeProto, infos: TensorInfos): number {
  const inferred = infos.get(node.input[2])?.dims[2];
  const hidden = intAttribute(node, "hidden_size", typeof inferred === "number" ? inferred : 0);
  if (hidden > 0) return hidden;
  throw new Error(
    `${owner}: hidden size of ${nodeLabel(node)} must be known, got neither hidden_size nor the shape of ${node.input[2]}`,
  );
}

function elementType(
  owner: string,
  { name, input }: NodeProto,
  infos: TensorInfos,
): "float32" | "float64" {
  const [x, w, r] = input;
  const info = infos.get(x) ?? infos.get(w) ?? infos.get(r);
  const type = info && tensorTypeOf(info.dataType);
  if (type === "float32" || type === "float64") return type;
  throw new TypeError(
    `${owner}: tensor ${x} of node ${name} must hold float32 or float64, got ${type ?? info?.dataType ?? "an unknown type"}`,
  );
}
