import type { OnnxModel } from "@dropoutkit/onnx";
import { nearMisses, type TensorInfos } from "@dropoutkit/onnx/graph";

export interface CheckScalarOptions {
  readonly owner: string;
  readonly loss: string;
  readonly infos: TensorInfos;
}

/** @throws {Error} If the loss is no tensor of the model, or is not known to be a scalar. */
export function checkScalar(
  { graph }: OnnxModel,
  { owner, loss, infos }: CheckScalarOptions,
): void {
  const info = infos.get(loss);
  if (info === undefined) {
    const made = graph.node.flatMap(({ output }) => output);
    throw new Error(
      made.includes(loss)
        ? `${owner}: loss ${loss} must have a known shape, got none`
        : `${owner}: loss must be a tensor of the model, got ${loss}${nearMisses(loss, made)}`,
    );
  }
  if (!info.dims.every((size) => size === 1)) {
    throw new Error(`${owner}: loss ${loss} must be a scalar, got [${info.dims.join(", ")}]`);
  }
}
