import { isStandardDomain, type NodeProto } from "@dropoutkit/onnx/graph";
import type { GradientRule } from "./GradientRule.js";
import { gradientRules } from "./gradientRules.js";

/** The gradient rule of a node's operator; undefined where it has none. */
export const ruleOf = ({ domain, opType }: NodeProto): GradientRule | undefined =>
  isStandardDomain(domain) ? gradientRules[opType] : undefined;
