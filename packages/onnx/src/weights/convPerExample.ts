import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { intAttribute, makeAttribute } from "../model/attribute.js";
import { copyMessage } from "../model/copyModel.js";
import type { NodeProto } from "../model/schema.js";
import { emitScanExamples } from "./emitScanExamples.js";
import { toStored } from "./layout.js";
import type { PerExample } from "./Weight.js";

/**
 * A convolution, transposed or not, with weights for each example: one convolution whose groups are the
 * examples' where the batch's size is known, else a Scan over examples.
 */
export function emitConvPerExample(builder: GraphBuilder, call: PerExample): void {
  const { layer, noisy, x } = call;
  const { layout } = layer.kernel;
  const kernel = toStored(builder, noisy.kernel, { layout, lead: 1 });
  const [batch] = x.dims;
  // In a reshape a 0 is the size that was there: a kernel without entries has no groups.
  const hasEntries = !layer.kernel.info.dims.includes(0);
  if (typeof batch === "number" && hasEntries) emitGrouped(builder, call, { batch, kernel });
  else emitScanExamples(builder, call, kernel);
}

/** `[1, batch · channels, ...space]` by `[batch · rows, columns, ...window]` in `batch · group` groups. */
function emitGrouped(
  builder: GraphBuilder,
  { layer, noisy, x }: PerExample,
  { batch, kernel }: { readonly batch: number; readonly kernel: string },
): void {
  const { node } = layer;
  const group = intAttribute(node, "group", 1);
  const [rows, columns, ...window] = layer.kernel.info.dims.map(Number);
  const [channels, features] =
    node.opType === "ConvTranspose" ? [rows, columns * group] : [columns * group, rows];
  const reshape = (tensor: string, sizes: readonly number[]): string =>
    builder.op("Reshape", [tensor, builder.ints(sizes)]);
  // A 0 stands for the size that the tensor has there.
  const space: number[] = new Array(x.dims.length - 2).fill(0);
  const inputs = [
    reshape(layer.x, [1, batch * channels, ...space]),
    reshape(kernel, [batch * rows, columns, ...window]),
  ];
  if (noisy.bias) inputs.push(reshape(noisy.bias, [batch * features]));
  else if (node.input[2]) inputs.push(builder.op("Tile", [node.input[2], builder.ints([batch])]));
  const y = builder.uniqueName(node.opType);
  builder.nodes.push(grouped(node, { name: y, input: inputs, output: [y] }, batch * group));
  builder.op("Reshape", [y, builder.ints([batch, features, ...space])], {
    name: node.name || undefined,
    outputs: node.output,
  });
}

function grouped(
  node: NodeProto,
  changes: Pick<NodeProto, "name" | "input" | "output">,
  group: number,
): NodeProto {
  const others = node.attribute.filter(({ name }) => name !== "group");
  return copyMessage(node, { ...changes, attribute: [...others, makeAttribute("group", group)] });
}
