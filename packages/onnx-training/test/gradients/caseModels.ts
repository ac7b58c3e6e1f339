import { drawUniform } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "@dropoutkit/onnx";
import { type Dim, GraphBuilder, inferShapes, makeValueInfo } from "@dropoutkit/onnx/graph";
import { gradientModel } from "../../src/index.js";
import type { Feed } from "../runtime/runModel.js";
import { type Derived, isDerived, type NodeCase } from "./nodeCase.js";

/** The operator of a case, its version, and the type that it is computed in. */
export interface Setting {
  readonly opType: string;
  readonly opset: number;
  readonly type: "float32" | "float64";
  /** Writes the forward model in operators that have a kernel for the type. Default: as it is. */
  readonly forward?: (model: OnnxModel) => OnnxModel;
  /** Puts something into the model, such as noise, before its gradients are made. Default: nothing. */
  readonly rewrite?: (model: OnnxModel) => OnnxModel;
}

/** Numbers in the type of the case. */
export const floats = (type: Setting["type"], { dims, values }: Derived): Feed => ({
  type,
  data: type === "float32" ? Float32Array.from(values) : Float64Array.from(values),
  dims,
});

/** All that a case feeds, by the names of the node's inputs: `x0`, `x1`, ... */
export function feedsOf({ type }: Setting, { inputs }: NodeCase): Record<string, Feed> {
  const feeds: Record<string, Feed> = {};
  inputs.forEach((input, i) => {
    if (isDerived(input)) feeds[`x${i}`] = floats(type, input);
    else if (input !== "" && "feed" in input) feeds[`x${i}`] = input.feed;
  });
  return feeds;
}

/** Places of the outputs that the loss reads. */
export const readOf = ({ outputs = 1, read }: NodeCase): readonly number[] =>
  read ?? Array.from({ length: outputs }, (_, i) => i);

/** The node alone; `y0.flat` and `y0.shape` are the entries and the sizes of its first output. */
export function forwardModel(setting: Setting, node: NodeCase): OnnxModel {
  const builder = new GraphBuilder();
  addNode(builder, setting, node);
  const outputs = readOf(node).flatMap((i) => {
    builder.op("Reshape", [`y${i}`, builder.ints([-1])], { outputs: [`y${i}.flat`] });
    builder.op("Shape", [`y${i}`], { outputs: [`y${i}.shape`] });
    return [
      makeValueInfo(`y${i}.flat`, { type: setting.type, dims: [`size${i}`] }),
      makeValueInfo(`y${i}.shape`, { type: "int64", dims: [`rank${i}`] }),
    ];
  });
  return modelOf(builder, { setting, node, inputs: [], outputs });
}

/** The gradients of `Σ y · dy` over the outputs that the loss reads, whose sizes are given; `dy0`, `dy1`, ... are fed. */
export function backwardModel(
  setting: Setting,
  node: NodeCase,
  sizes: readonly (readonly number[])[],
): OnnxModel {
  const { type } = setting;
  const builder = new GraphBuilder();
  addNode(builder, setting, node);
  const read = readOf(node);
  const sums = read.map((i) => {
    const product = builder.op("Mul", [`y${i}`, `dy${i}`], { outputs: [`product${i}`] });
    return builder.op("ReduceSum", [product], { attributes: { keepdims: 0 } });
  });
  if (node.beside) {
    const tensors = node.inputs.flatMap((input, i) => (isDerived(input) ? [`x${i}`] : []));
    sums.push(...tensors.map((x) => builder.op("ReduceSum", [x], { attributes: { keepdims: 0 } })));
  }
  const loss = sums.reduce((sum, part) => builder.op("Add", [sum, part]));
  builder.op("Identity", [loss], { outputs: ["loss"] });
  // Sizes as they follow from the inputs': the same names, or formulas of them.
  const inferred = inferShapes(forwardModel(setting, node));
  const named = sizes.map(
    (dims, k) => inferred.get(`y${read[k]}`)?.dims ?? dims.map((size) => sizeIn(node, size)),
  );
  const inputs = read.map((i, k) => makeValueInfo(`dy${i}`, { type, dims: named[k] }));
  const outputs = [makeValueInfo("loss", { type, dims: [] })];
  const model = modelOf(builder, { setting, node, inputs, outputs });
  read.forEach((i, k) => {
    for (const name of [`y${i}`, `product${i}`]) {
      model.graph.valueInfo.push(makeValueInfo(name, { type, dims: named[k] }));
    }
  });
  for (const sum of sums) model.graph.valueInfo.push(makeValueInfo(sum, { type, dims: [] }));
  const withRespectTo = node.inputs.flatMap((input, i) => (isDerived(input) ? [`x${i}`] : []));
  return gradientModel(model, { loss: "loss", withRespectTo });
}

/** Numbers in (-1, 1) of either sign that the entries of an output are multiplied with. */
export function weightsOf(place: number, dims: readonly number[]): number[] {
  const uniforms = drawUniform({ seed: 11, site: `weights/${place}`, step: 0, shape: dims });
  return Array.from(uniforms, (u) => Math.fround(2 * u - 1));
}

function addNode(builder: GraphBuilder, { opType, type }: Setting, node: NodeCase): void {
  const { attributes, outputs = 1, captured = 0, cast = false } = node;
  const tensors = node.inputs.map((input, i) => {
    if (input === "") return "";
    return "constant" in input ? builder.constant(input.constant(`x${i}`)) : `x${i}`;
  });
  const reads = tensors.slice(0, tensors.length - captured);
  const names = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const made = cast ? names.map((name) => `${name}.own`) : names;
  builder.ops(opType, reads, { attributes, name: "node", outputs: made });
  if (!cast) return;
  const to = type === "float32" ? 1 : 11;
  names.forEach((name, i) => {
    builder.op("Cast", [made[i]], { outputs: [name], attributes: { to } });
  });
}

interface Ends {
  readonly setting: Setting;
  readonly node: NodeCase;
  readonly inputs: OnnxModel["graph"]["input"];
  readonly outputs: OnnxModel["graph"]["output"];
}

function modelOf(builder: GraphBuilder, { setting, node, inputs, outputs }: Ends): OnnxModel {
  const feeds = feedsOf(setting, node);
  const own = node.inputs.flatMap((_, i) => {
    const feed = feeds[`x${i}`];
    if (feed === undefined) return [];
    const dims = feed.dims.map((size) => sizeIn(node, size, i));
    return [makeValueInfo(`x${i}`, { type: feed.type, dims })];
  });
  const { opType: name, opset, rewrite = (model) => model } = setting;
  return rewrite(builder.model({ name, inputs: [...own, ...inputs], outputs, opset }));
}

/** A size as the model declares it for an input; equal sizes have one name. */
function sizeIn({ named = false }: NodeCase, size: number, place?: number): Dim {
  const isNamed = typeof named === "boolean" ? named : place !== undefined && named.includes(place);
  return isNamed ? `n${size}` : size;
}
