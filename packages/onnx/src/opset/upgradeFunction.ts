import { create } from "@bufbuild/protobuf";
import { constantIn } from "../constants/constantIn.js";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { makeAttribute } from "../model/attribute.js";
import { copyMessage } from "../model/copyModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { readsOf } from "../model/rewire.js";
import {
  type FunctionProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
} from "../model/schema.js";
import { importsAt } from "./importsAt.js";
import { type UpgradeContext, upgradeNodes } from "./upgradeNodes.js";

/** A model's function at a later version of the operator set. It holds no initializers, and what it is called with is not known. */
export function upgradeFunction(body: FunctionProto, target: number): FunctionProto {
  const from = opsetOf(body);
  if (from === 0 || from >= target) return body;
  const taken = create(GraphProtoSchema, { node: body.node });
  const builder = new GraphBuilder("", taken);
  for (const name of [...body.input, ...body.output]) builder.uniqueName(name);
  const reads = new Set([...body.node.flatMap(readsOf), ...body.output]);
  const context: UpgradeContext = {
    builder,
    from,
    target,
    info: () => undefined,
    constant: (tensor) =>
      constantIn({ initializer: builder.initializers, node: body.node }, tensor),
    isRead: (tensor) => reads.has(tensor),
    isCall: () => false,
    inside: () => context,
  };
  const node = upgradeNodes(body.node, context);
  const constants = builder.initializers.map((value): NodeProto => {
    const attribute = [makeAttribute("value", value)];
    return create(NodeProtoSchema, { opType: "Constant", output: [value.name], attribute });
  });
  return copyMessage(body, {
    node: [...constants, ...node],
    opsetImport: importsAt(body.opsetImport, target),
  });
}
