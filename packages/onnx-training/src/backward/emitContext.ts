import type { OnnxModel } from "@dropoutkit/onnx";
import type { GraphBuilder, TensorInfos } from "@dropoutkit/onnx/graph";
import { opsetOf } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../gradients/EmitContext.js";

export interface EmitContextOptions {
  /** What the user called, for messages. */
  readonly owner: string;
  readonly builder: GraphBuilder;
  readonly infos: TensorInfos;
}

/** Where nodes for a model are written, with what is known of its tensors. */
export const emitContext = (
  model: OnnxModel,
  { owner, builder, infos }: EmitContextOptions,
): EmitContext => ({
  builder,
  opset: opsetOf(model),
  info(tensor) {
    const info = infos.get(tensor);
    if (info !== undefined) return info;
    throw new Error(`${owner}: tensor ${tensor} must have a known shape, got none`);
  },
});
