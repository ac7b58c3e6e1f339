import { isConstant } from "../constants/constantTensor.js";
import { constantTensors } from "../constants/constantTensors.js";
import { isFloat } from "../inspect/isFloat.js";
import { makeAttribute } from "../model/attribute.js";
import { copyMessage, copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import { isStandardDomain } from "../model/opsetOf.js";
import type { NodeProto } from "../model/schema.js";

/**
 * The model in which weights that an exporter merged are weights of their own again. PyTorch's default export writes
 * parameters with equal values once, and for each other one an `Identity` whose output has the parameter's name. Such a
 * node of the main graph becomes an initializer of that name, or a `Constant` node where it reads one; the data is
 * shared until the model is written. A weight that several nodes read themselves stays one: it is tied in the network.
 */
export function untieWeights(model: ModelLike): OnnxModel {
  const untied = copyModel(modelOf("untieWeights", model));
  const { graph } = untied;
  const weights = new Map(constantTensors(graph).map((tensor) => [tensor.name, tensor]));
  const written = new Set(graph.node.filter(isConstant).map(({ output }) => output[0]));
  const inputs = new Map(graph.input.map((value) => [value.name, value]));
  graph.node = graph.node.flatMap((node): NodeProto[] => {
    const [source] = node.input;
    const [name] = node.output;
    const merged = isIdentity(node) ? weights.get(source) : undefined;
    if (merged === undefined || !isFloat(merged)) return [node];
    const own = copyMessage(merged, { name });
    weights.set(name, own);
    if (written.has(source)) {
      written.add(name);
      const attribute = [makeAttribute("value", own)];
      return [copyMessage(node, { opType: "Constant", input: [], attribute })];
    }
    graph.initializer.push(own);
    const declared = inputs.get(source);
    if (declared !== undefined) {
      const value = copyMessage(declared, { name });
      inputs.set(name, value);
      graph.input.push(value);
    }
    return [];
  });
  return untied;
}

const isIdentity = ({ opType, domain }: NodeProto): boolean =>
  opType === "Identity" && isStandardDomain(domain);
