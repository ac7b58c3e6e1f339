import { isFloat } from "../inspect/isFloat.js";
import { nodeName } from "../labels/nodeName.js";
import { intAttribute } from "../model/attribute.js";
import { isStandardDomain } from "../model/opsetOf.js";
import { DataType, type NodeProto } from "../model/schema.js";
import { addedBias } from "./addedBias.js";
import type { GraphFacts } from "./graphFacts.js";
import { asStored } from "./layout.js";
import { weightOperators } from "./operators.js";
import type { Weight, WeightedLayer, WeightOperator } from "./Weight.js";

/**
 * Finds a node's weights.
 * @throws {Error} If the operator has none, they are computed, or their shape is not known.
 * @throws {TypeError} If they are no floats.
 */
export function weightedLayer(facts: GraphFacts, node: NodeProto): WeightedLayer {
  const { owner, constants } = facts;
  const operator = operatorOf(node);
  if (operator === undefined) {
    const known = Object.keys(weightOperators).join(", ");
    throw new Error(
      `${owner}: node ${nodeName(node)} must be an operator with float weights (${known}), got ${[node.domain, node.opType].filter(Boolean).join(".")}`,
    );
  }
  const [place, numbers] = kernelInputs(operator);
  const input = numbers.find((number) => constants.has(node.input[number]));
  if (input === undefined) {
    const read = numbers.map((number) => node.input[number]).join(" and ");
    throw new Error(
      `${owner}: node ${nodeName(node)} must have a constant weight, got ${read}, computed as the model runs`,
    );
  }
  const kernel = weightAt(facts, { node, operator, input });
  if (operator.rows) checkRows(facts, node, kernel);
  const bias = biasOf(facts, { node, operator, kernel });
  return {
    node,
    operator,
    kernel,
    x: node.input[input === 0 ? 1 : 0],
    // Only a Gemm has this attribute.
    batchAxis: intAttribute(node, "transA", 0),
    weights: { [place]: kernel, ...(bias && { bias }) },
  };
}

/** True if a node is an operator with weights, and those are constant floats. */
export function hasWeights({ constants, infos }: GraphFacts, node: NodeProto): boolean {
  const operator = operatorOf(node);
  if (operator === undefined) return false;
  const tensor = kernelInputs(operator)[1]
    .map((number) => node.input[number])
    .find((name) => constants.has(name));
  const info = tensor === undefined ? undefined : infos.get(tensor);
  return tensor !== undefined && (info === undefined || isFloat(info));
}

const operatorOf = ({ domain, opType }: NodeProto): WeightOperator | undefined =>
  isStandardDomain(domain) ? weightOperators[opType] : undefined;

const kernelInputs = ({
  inputs,
}: WeightOperator): ["kernel" | "recurrentKernel", readonly number[]] =>
  inputs.kernel ? ["kernel", inputs.kernel] : ["recurrentKernel", inputs.recurrentKernel ?? []];

function weightAt(
  { owner, infos }: GraphFacts,
  {
    node,
    operator,
    input,
  }: { readonly node: NodeProto; readonly operator: WeightOperator; readonly input: number },
): Weight {
  const tensor = node.input[input];
  const info = infos.get(tensor);
  if (info === undefined || info.dims.some((dim) => typeof dim !== "number")) {
    const got = info === undefined ? "none" : `[${info.dims.join(", ")}]`;
    throw new Error(
      `${owner}: weight ${tensor} of node ${nodeName(node)} must have a known shape, got ${got}`,
    );
  }
  const { dataType } = info;
  if (!isFloat(info)) {
    throw new TypeError(
      `${owner}: weight ${tensor} of node ${nodeName(node)} must hold floats, got ${DataType[dataType]}`,
    );
  }
  return { tensor, info, layout: operator.layout(info, { node, input }), reader: node, input };
}

function checkRows({ owner }: GraphFacts, node: NodeProto, { tensor, info }: Weight): void {
  const axis = intAttribute(node, "axis", 0);
  if (axis !== 0 && axis !== -info.dims.length) {
    throw new Error(
      `${owner}: node ${nodeName(node)} must gather rows of table ${tensor} along axis 0, got axis ${axis}`,
    );
  }
}

/** The bias among the node's inputs, or that of the Add behind a node that has no input for it. */
function biasOf(
  facts: GraphFacts,
  {
    node,
    operator,
    kernel,
  }: { readonly node: NodeProto; readonly operator: WeightOperator; readonly kernel: Weight },
): Weight | undefined {
  const [input] = operator.inputs.bias ?? [];
  if (input !== undefined) {
    if (!facts.constants.has(node.input[input])) return undefined;
    const bias = weightAt(facts, { node, operator, input });
    return { ...bias, layout: asStored(bias.info.dims.length) };
  }
  return node.opType === "MatMul" ? addedBias(facts, node, kernel) : undefined;
}
