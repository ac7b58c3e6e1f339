import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { squeeze, unsqueeze } from "../emit/versionedOps.js";
import { nodeName } from "../labels/nodeName.js";
import { intAttribute } from "../model/attribute.js";
import { alignExamples } from "./alignExamples.js";
import { toStored } from "./layout.js";
import { scaleByAttribute } from "./scaleByAttribute.js";
import type { PerExample } from "./Weight.js";

/** `x[b] · w[b]`: x `[batch, in]` or `[batch, ..., in]` by kernels `[batch, in, out]`, or kernels on the left of x `[batch, ..., in, columns]`. */
export function emitMatMulPerExample(builder: GraphBuilder, call: PerExample): void {
  const { layer, noisy, x, owner, opset } = call;
  const { node, kernel } = layer;
  const { dims } = kernel.info;
  const rank = x.dims.length;
  const isRow = rank === 2 && kernel.input === 1;
  if (dims.length !== 2 || !(isRow || rank > 2)) {
    throw new Error(
      `${owner}: node ${nodeName(node)} must have a weight of 2 axes and examples along the first axis of ${layer.x} for masks per example, got ranks ${dims.length} and ${rank}; per "batch" has one mask`,
    );
  }
  const stored = toStored(builder, noisy.kernel, {
    layout: kernel.layout,
    lead: 1,
  });
  const name = node.name || undefined;
  if (isRow) {
    const y = emitRows(builder, { x: layer.x, kernel: stored, opset });
    squeeze({ builder, opset }, y, [1], { name, outputs: node.output });
    return;
  }
  const w = alignExamples(builder, stored, { dims, rank, opset });
  const inputs = kernel.input === 1 ? [layer.x, w] : [w, layer.x];
  builder.op("MatMul", inputs, { name, outputs: node.output });
}

/** `alpha · x[b] · w[b] + beta · c[b]`: x `[batch, in]` by kernels `[batch, in, out]`. */
export function emitGemmPerExample(builder: GraphBuilder, call: PerExample): void {
  const { layer, noisy, x, opset } = call;
  const { node } = layer;
  const rows = intAttribute(node, "transA", 0) === 1 ? builder.op("Transpose", [layer.x]) : layer.x;
  const product = emitRows(builder, { x: rows, kernel: noisy.kernel, opset });
  const by = { node, dataType: x.dataType };
  const scaled = scaleByAttribute(builder, product, { ...by, attribute: "alpha" });
  const name = node.name || undefined;
  const c = noisy.bias ? exampleBias(builder, call, noisy.bias) : node.input[2];
  if (!c) {
    squeeze({ builder, opset }, scaled, [1], { name, outputs: node.output });
    return;
  }
  const y = squeeze({ builder, opset }, scaled, [1]);
  builder.op("Add", [y, scaleByAttribute(builder, c, { ...by, attribute: "beta" })], {
    name,
    outputs: node.output,
  });
}

/** The bias for each example, `[batch, units]`, of one that is stored as `[units]` or `[1, units]`. */
function exampleBias(
  builder: GraphBuilder,
  { layer, owner, opset }: PerExample,
  noisy: string,
): string {
  const { tensor, info } = layer.weights.bias ?? layer.kernel;
  if (info.dims.slice(0, -1).some((size) => size !== 1)) {
    throw new Error(
      `${owner}: bias ${tensor} of node ${nodeName(layer.node)} must be [units] for masks per example, got [${info.dims.join(", ")}]; per "batch" has one mask`,
    );
  }
  return alignExamples(builder, noisy, { dims: info.dims, rank: 2, opset });
}

/** The product of x `[batch, in]` with a kernel for each row, `[batch, 1, out]`. */
function emitRows(
  builder: GraphBuilder,
  { x, kernel, opset }: { readonly x: string; readonly kernel: string; readonly opset: number },
): string {
  const row = unsqueeze({ builder, opset }, x, [1]);
  return builder.op("MatMul", [row, kernel]);
}
