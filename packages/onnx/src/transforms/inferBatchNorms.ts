import { inferBatchNorm } from "../batchNorm/inferBatchNorm.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";

const owner = "inferBatchNorms";

/**
 * A model whose BatchNormalization nodes normalise by the running statistics, which exporters write in training
 * mode if the model was in it; in nested graphs and functions too, of all opsets. `stripDropout` does this as well.
 * @throws {Error} If what such a node says of its batch is read: the saved mean and variance before opset 14.
 */
export function inferBatchNorms(model: ModelLike): OnnxModel {
  const result = copyModel(modelOf(owner, model));
  inferBatchNorm(result, owner);
  return result;
}
