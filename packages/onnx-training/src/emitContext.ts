import type { GraphBuilder, OnnxModel, TensorInfos } from "@dropoutkit/onnx";
import { opsetOf } from "@dropoutkit/onnx";
import type { EmitContext } from "./gradients/GradientRule.js";

/** Where nodes for a model are written, with what is known of its tensors. */
export const emitContext = (
  model: OnnxModel,
  { builder, infos }: { readonly builder: GraphBuilder; readonly infos: TensorInfos },
): EmitContext => ({
  builder,
  opset: opsetOf(model),
  info(tensor) {
    const info = infos.get(tensor);
    if (info !== undefined) return info;
    throw new Error(`gradientModel: tensor ${tensor} must have a known shape, got none`);
  },
});
