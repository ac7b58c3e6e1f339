import { type OnnxModel, stripDropout } from "@dropoutkit/onnx";
import { inferBatchNorms } from "./batchNorm/inferBatchNorms.js";

/** The model for inference: without dropout, and normalising by the running statistics. */
export const inferenceModel = (model: OnnxModel): OnnxModel => inferBatchNorms(stripDropout(model));
