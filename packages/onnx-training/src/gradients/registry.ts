import { Add } from "./Add.js";
import { Gemm } from "./Gemm.js";
import type { GradientRule } from "./GradientRule.js";
import { Identity } from "./Identity.js";
import { Mul } from "./Mul.js";
import { Relu } from "./Relu.js";
import { Reshape } from "./Reshape.js";
import { SoftmaxCrossEntropyLoss } from "./SoftmaxCrossEntropyLoss.js";
import { Where } from "./Where.js";

/** The gradient of each standard operator that has one, by the operator's name. */
export const gradientRules: Readonly<Record<string, GradientRule | undefined>> = {
  Add,
  Flatten: Reshape,
  Gemm,
  Identity,
  Mul,
  Relu,
  Reshape,
  SoftmaxCrossEntropyLoss,
  Where,
};
