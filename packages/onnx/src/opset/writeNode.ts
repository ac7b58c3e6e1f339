import { copyMessage } from "../model/copyModel.js";
import { type AttributeProto, AttributeType, DataType, type NodeProto } from "../model/schema.js";
import { makeTensor } from "../model/tensor.js";
import type { OpsetContext } from "./OpsetRule.js";

/** Writes a node with some things changed; inputs that are left out at the end are not written. */
export function writeNode(
  node: NodeProto,
  { builder }: OpsetContext,
  changes: Partial<NodeProto>,
): void {
  const input = [...(changes.input ?? node.input)];
  while (input.at(-1) === "") input.pop();
  builder.nodes.push(copyMessage(node, { ...changes, input }));
}

export const findAttribute = (node: NodeProto, name: string): AttributeProto | undefined =>
  node.attribute.find((attribute) => attribute.name === name);

export const withoutAttributes = (node: NodeProto, ...names: readonly string[]): AttributeProto[] =>
  node.attribute.filter(({ name }) => !names.includes(name));

/** The name of a tensor that holds what an attribute does; `""` where the node has none. */
export function attributeAsInput(node: NodeProto, name: string, context: OpsetContext): string {
  const attribute = findAttribute(node, name);
  if (attribute === undefined) return "";
  if (attribute.refAttrName !== "") return parameterAsInput(attribute, context);
  const { builder } = context;
  switch (attribute.type) {
    case AttributeType.INTS:
      return builder.ints(attribute.ints);
    case AttributeType.INT:
      return builder.scalar("int64", attribute.i);
    case AttributeType.FLOATS:
      return floatList(attribute.floats, context);
    default:
      return builder.scalar("float32", attribute.f);
  }
}

const floatList = (values: readonly number[], { builder }: OpsetContext): string =>
  builder.constant(
    makeTensor({
      name: builder.uniqueName(`float32_[${values.join(",")}]`),
      type: "float32",
      dims: [values.length],
      data: Float32Array.from(values),
    }),
  );

/** In a function an attribute may be what the call gives: a Constant node takes it since opset 12. */
function parameterAsInput(
  attribute: AttributeProto,
  { builder, target, refuse }: OpsetContext,
): string {
  const valueName = parameterNames[attribute.type];
  if (valueName === undefined || target < 12) {
    throw refuse(
      `have a constant attribute ${attribute.name}, or be brought to opset 12 or later`,
      `the function's ${attribute.refAttrName}`,
    );
  }
  const name = builder.op("Constant", [], { name: builder.uniqueName(attribute.refAttrName) });
  builder.nodes.at(-1)?.attribute.push(copyMessage(attribute, { name: valueName }));
  return name;
}

const parameterNames: Readonly<Record<number, string | undefined>> = {
  [AttributeType.FLOAT]: "value_float",
  [AttributeType.FLOATS]: "value_floats",
  [AttributeType.INT]: "value_int",
  [AttributeType.INTS]: "value_ints",
};

/** The name of a float scalar as a tensor of the type of another one. */
export function asTypeOf(scalar: string, like: string, context: OpsetContext): string {
  if (scalar === "") return "";
  const { builder, info, target, refuse } = context;
  const dataType = info(like)?.dataType;
  if (dataType === DataType.FLOAT) return scalar;
  if (dataType !== undefined) return builder.op("Cast", [scalar], { attributes: { to: dataType } });
  if (target >= 15) return builder.op("CastLike", [scalar, like]);
  throw refuse(`read a tensor of a known type`, like);
}
