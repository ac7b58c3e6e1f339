import type { OnnxModel } from "@dropoutkit/onnx";
import {
  constantTensors,
  copyMessage,
  type NodeProto,
  readsOf,
  type TensorInfos,
  valueInfoOf,
} from "@dropoutkit/onnx/graph";

/** Entries up to which a constant stays one: axes and the like decide which kernel fits, weights do not. */
const SMALL = 1024;

/** A model of one node: what it reads are inputs, or constants as they are. Nodes of one kind have equal models. */
export function modelOfNode(model: OnnxModel, node: NodeProto, infos: TensorInfos): OnnxModel {
  // What graphs inside of the node read keeps its name.
  const outer = new Set(readsOf(copyMessage(node, { input: [] })));
  const names = new Map<string, string>();
  const rename = (name: string): string => {
    if (name === "" || outer.has(name)) return name;
    names.set(name, names.get(name) ?? `value/${names.size}`);
    return names.get(name) ?? name;
  };
  const input = node.input.map(rename);
  const output = node.output.map(rename);
  const reads = new Set(readsOf(node).filter((name) => name !== ""));
  const constants = constantTensors(model.graph).filter(
    ({ name, dims }) => reads.has(name) && dims.reduce((size, dim) => size * dim, 1n) <= SMALL,
  );
  const fixed = new Set(constants.map(({ name }) => name));
  const infoOf = (name: string) => {
    const info = infos.get(name);
    if (info !== undefined) return valueInfoOf(rename(name), info);
    throw new Error(`Trainer.nodesOnCpu: tensor ${name} must have a known shape, got none`);
  };
  const graph = copyMessage(model.graph, {
    node: [copyMessage(node, { name: "", input, output })],
    initializer: constants.map((tensor) => copyMessage(tensor, { name: rename(tensor.name) })),
    sparseInitializer: [],
    valueInfo: [],
    input: [...reads].filter((name) => !fixed.has(name)).map(infoOf),
    output: node.output.filter((name) => name !== "").map(infoOf),
  });
  return copyMessage(model, { graph });
}
