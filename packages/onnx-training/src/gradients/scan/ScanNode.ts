import {
  type GraphProto,
  graphAttribute,
  intAttribute,
  intsAttribute,
  type NodeProto,
  nodeLabel,
} from "@dropoutkit/onnx/graph";

/** A tensor of a body, `[...sizes]`, and the sequence that it is a slice of: `[...sizes]` with the iterations as one more axis. */
export interface Sequence {
  readonly slice: string;
  readonly whole: string;
  /** Where the iterations lie in the whole. */
  readonly axis: number;
  /** 0 where the first iteration's slice comes first, 1 where it comes last. */
  readonly direction: number;
}

/** A tensor that a Scan carries from one iteration to the next, of one shape in all of them. */
export interface State {
  /** What the first iteration gets. */
  readonly start: string;
  /** Its names in the body, before and after an iteration. */
  readonly before: string;
  readonly after: string;
}

/** What a node Scan says, with nothing left to defaults. */
export interface ScanNode {
  readonly node: NodeProto;
  readonly body: GraphProto;
  readonly states: readonly State[];
  readonly inputs: readonly Sequence[];
  /** `whole` is `""` where the node does not give one. */
  readonly outputs: readonly Sequence[];
  /** The inputs and outputs that there are: sequences that a loop back can read. */
  readonly known: readonly Sequence[];
}

/** Reads a Scan of opset 9 or later. */
export function scanNode(node: NodeProto): ScanNode {
  const body = graphAttribute(node, "body");
  if (body === undefined)
    throw new Error(`gradient: ${nodeLabel(node)} must have a body, got none`);
  const count = node.input.length - intAttribute(node, "num_scan_inputs", 0);
  const list = (name: string): readonly number[] => intsAttribute(node, name) ?? [];
  const [inputAxes, inputDirections] = ["scan_input_axes", "scan_input_directions"].map(list);
  const [outputAxes, outputDirections] = ["scan_output_axes", "scan_output_directions"].map(list);
  const inputs = body.input.slice(count).map(
    ({ name }, i): Sequence => ({
      slice: name,
      whole: node.input[count + i],
      axis: inputAxes[i] ?? 0,
      direction: inputDirections[i] ?? 0,
    }),
  );
  const outputs = body.output.slice(count).map(
    ({ name }, i): Sequence => ({
      slice: name,
      whole: node.output[count + i] ?? "",
      axis: outputAxes[i] ?? 0,
      direction: outputDirections[i] ?? 0,
    }),
  );
  return {
    ...{ node, body, inputs, outputs },
    known: [...inputs, ...outputs.filter(({ whole }) => whole !== "")],
    states: body.input.slice(0, count).map(({ name }, i) => ({
      start: node.input[i],
      before: name,
      after: body.output[i].name,
    })),
  };
}

/** The same sequence as a loop in the opposite direction meets it. */
export const backwards = (sequence: Sequence): Sequence => ({
  ...sequence,
  direction: 1 - sequence.direction,
});
