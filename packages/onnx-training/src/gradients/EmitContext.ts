import type { TensorInfo, VersionedBuilder } from "@dropoutkit/onnx/graph";

/** Where nodes are written, and what decides how: the version of the operators and what is known of tensors. */
export interface EmitContext extends VersionedBuilder {
  /** Type and sizes of a tensor of the forward graph. @throws {Error} If they are not known. */
  info(tensor: string): TensorInfo;
}
