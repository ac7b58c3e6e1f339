import { inferBatchNorm } from "../batchNorm/inferBatchNorm.js";
import { copyModel, type ModelLike, modelOf, type OnnxModel } from "../model/codec.js";

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
