import { create } from "@bufbuild/protobuf";
import { makeAttribute } from "../attribute.js";
import { type NodeProto, NodeProtoSchema, type TensorProto } from "../schema.js";

/** Constants as nodes instead of initializers. */
export const constantNodes = (tensors: readonly TensorProto[]): NodeProto[] =>
  tensors.map((tensor) =>
    create(NodeProtoSchema, {
      name: tensor.name,
      opType: "Constant",
      output: [tensor.name],
      attribute: [makeAttribute("value", tensor)],
    }),
  );
