import { create } from "@bufbuild/protobuf";
import { nodeName } from "../labels/nodeName.js";
import { copyMessage } from "../model/copyModel.js";
import {
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
} from "../model/schema.js";

/**
 * A function's nodes as they run at a call: its inputs and outputs have the call's names, all else
 * has the call's name in front, and attributes have the call's values.
 * @param uniqueName Gives a tensor a name that no other has.
 */
export function instantiate(
  body: FunctionProto,
  call: NodeProto,
  uniqueName: (hint: string) => string,
): NodeProto[] {
  const prefix = `${nodeName(call)}/`;
  const names = new Map([["", ""]]);
  for (const [i, name] of body.input.entries()) names.set(name, call.input[i] ?? "");
  const passed = body.output.flatMap((name, i) =>
    body.input.includes(name) && call.output[i] ? [[name, call.output[i]] as const] : [],
  );
  for (const [i, name] of body.output.entries()) {
    if (!body.input.includes(name) && call.output[i]) names.set(name, call.output[i]);
  }
  const rename = (name: string): string => {
    const known = names.get(name) ?? uniqueName(prefix + name);
    names.set(name, known);
    return known;
  };
  const nodes = body.node.map((node) => renameNode(bindAttributes(node, { body, call }), rename));
  return [
    ...nodes.map((node) => (node.name ? copyMessage(node, { name: prefix + node.name }) : node)),
    ...passed.map(([from, to]) =>
      create(NodeProtoSchema, { opType: "Identity", input: [rename(from)], output: [to] }),
    ),
  ];
}

function renameNode(node: NodeProto, rename: (name: string) => string): NodeProto {
  return copyMessage(node, {
    input: node.input.map(rename),
    output: node.output.map(rename),
    attribute: node.attribute.map((item) =>
      item.g === undefined ? item : copyMessage(item, { g: renameGraph(item.g, rename) }),
    ),
  });
}

function renameGraph(graph: GraphProto, rename: (name: string) => string): GraphProto {
  const renameAll = <T extends { name: string }>(items: T[]): T[] =>
    items.map((item) => Object.assign(copyMessage(item, {}), { name: rename(item.name) }));
  return copyMessage(graph, {
    input: renameAll(graph.input),
    output: renameAll(graph.output),
    initializer: renameAll(graph.initializer),
    valueInfo: renameAll(graph.valueInfo),
    node: graph.node.map((node) => renameNode(node, rename)),
  });
}

/** The node with each attribute that refers to one of the function's replaced by the call's, or by its default; without either it is left out. */
function bindAttributes(
  node: NodeProto,
  at: { readonly body: FunctionProto; readonly call: NodeProto },
): NodeProto {
  const attribute = node.attribute.flatMap((item): AttributeProto[] => {
    if (item.g !== undefined) {
      const bound = item.g.node.map((inner) => bindAttributes(inner, at));
      return [copyMessage(item, { g: copyMessage(item.g, { node: bound }) })];
    }
    if (item.refAttrName === "") return [item];
    const value = [...at.call.attribute, ...at.body.attributeProto].find(
      ({ name }) => name === item.refAttrName,
    );
    return value === undefined ? [] : [copyMessage(value, { name: item.name })];
  });
  return copyMessage(node, { attribute });
}
