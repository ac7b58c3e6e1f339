import { intAttribute } from "../attribute.js";
import type { GraphBuilder } from "../GraphBuilder.js";
import { nodeName } from "../scopes/walkGraphs.js";
import { drawnDims, toStored } from "./layout.js";
import { alignExamples, type PerExample } from "./perExample.js";
import { scale } from "./scale.js";

/** `x[b] · w[b]`: x `[batch, in]` or `[batch, ..., in]` by kernels `[batch, in, out]`, or kernels on the left of x `[batch, ..., in, columns]`. */
export function emitMatMulPerExample(builder: GraphBuilder, call: PerExample): void {
  const { layer, noisy, x, owner } = call;
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
    const y = emitRows(builder, { x: layer.x, kernel: stored, dims: dims.map(Number) });
    builder.op("Reshape", [y, builder.ints([0, Number(dims[1])])], { name, outputs: node.output });
    return;
  }
  const w = alignExamples(builder, stored, { dims, rank });
  const inputs = kernel.input === 1 ? [layer.x, w] : [w, layer.x];
  builder.op("MatMul", inputs, { name, outputs: node.output });
}

/** `alpha · x[b] · w[b] + beta · c[b]`: x `[batch, in]` by kernels `[batch, in, out]`. */
export function emitGemmPerExample(builder: GraphBuilder, call: PerExample): void {
  const { layer, noisy, x } = call;
  const { node, kernel } = layer;
  const [inputs, units] = drawnDims(kernel.layout, kernel.info.dims).map(Number);
  const rows = intAttribute(node, "transA", 0) === 1 ? builder.op("Transpose", [layer.x]) : layer.x;
  const product = emitRows(builder, {
    x: rows,
    kernel: noisy.kernel,
    dims: [inputs, units],
  });
  const by = { node, dataType: x.dataType };
  const scaled = scale(builder, product, { ...by, attribute: "alpha" });
  const shape = builder.ints([0, units]);
  const name = node.name || undefined;
  const c = noisy.bias ? exampleBias(builder, call, noisy.bias) : node.input[2];
  if (!c) {
    builder.op("Reshape", [scaled, shape], { name, outputs: node.output });
    return;
  }
  const y = builder.op("Reshape", [scaled, shape]);
  builder.op("Add", [y, scale(builder, c, { ...by, attribute: "beta" })], {
    name,
    outputs: node.output,
  });
}

/** The bias for each example, `[batch, units]`, of one that is stored as `[units]` or `[1, units]`. */
function exampleBias(builder: GraphBuilder, { layer, owner }: PerExample, noisy: string): string {
  const { tensor, info } = layer.weights.bias ?? layer.kernel;
  if (info.dims.slice(0, -1).some((size) => size !== 1)) {
    throw new Error(
      `${owner}: bias ${tensor} of node ${nodeName(layer.node)} must be [units] for masks per example, got [${info.dims.join(", ")}]; per "batch" has one mask`,
    );
  }
  return alignExamples(builder, noisy, { dims: info.dims, rank: 2 });
}

/** The product of x `[batch, in]` with a kernel for each row, `[batch, 1, out]`. */
function emitRows(
  builder: GraphBuilder,
  {
    x,
    kernel,
    dims: [inputs],
  }: { readonly x: string; readonly kernel: string; readonly dims: readonly number[] },
): string {
  const row = builder.op("Reshape", [x, builder.ints([0, 1, inputs])]);
  return builder.op("MatMul", [row, kernel]);
}
