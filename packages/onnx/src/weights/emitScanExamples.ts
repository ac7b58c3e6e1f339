import { create } from "@bufbuild/protobuf";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { squeeze, unsqueeze } from "../emit/versionedOps.js";
import { copyMessage } from "../model/copyModel.js";
import { GraphProtoSchema, type ValueInfoProto } from "../model/schema.js";
import { type Dim, valueInfoOf } from "../model/valueInfo.js";
import type { PerExample } from "./Weight.js";

/** Runs a node that takes batches once for each example, with that example's kernel and bias, in a Scan. */
export function emitScanExamples(
  builder: GraphBuilder,
  { opset, layer, noisy, x }: PerExample,
  kernel: string,
): void {
  const { node } = layer;
  const { bias } = layer.weights;
  const declare = (hint: string, dims: readonly Dim[]): ValueInfoProto =>
    valueInfoOf(builder.uniqueName(hint), { dataType: x.dataType, dims });
  const example = declare("example", x.dims.slice(1));
  const weights = declare("weights", layer.kernel.info.dims);
  const biases = bias && noisy.bias ? declare("biases", bias.info.dims) : undefined;
  const result = builder.uniqueName("result");
  const output = valueInfoOf(result, {
    dataType: x.dataType,
    // Sizes that are not known: the operator's rule gives them.
    dims: x.dims.slice(1).map((_, axis) => `${result}.${axis}`),
  });

  const inside = builder.nested(builder.uniqueName("each"));
  const each = { builder: inside, opset };
  const batch = unsqueeze(each, example.name, [0]);
  const y = inside.uniqueName(node.opType);
  const [, , ...others] = node.input;
  const input = [batch, weights.name, ...(biases ? [biases.name] : others)];
  inside.nodes.push(copyMessage(node, { name: y, input, output: [y] }));
  squeeze(each, y, [0], { outputs: [result] });

  const body = create(GraphProtoSchema, {
    name: inside.uniqueName("example"),
    node: inside.nodes,
    input: [example, weights, ...(biases ? [biases] : [])],
    output: [output],
  });
  const scanned = [layer.x, kernel, ...(biases && noisy.bias ? [noisy.bias] : [])];
  builder.op("Scan", scanned, {
    name: node.name || undefined,
    outputs: node.output,
    attributes: { body, num_scan_inputs: scanned.length },
  });
}
