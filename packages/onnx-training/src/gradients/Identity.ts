import { type GradientRule, outputGradient } from "./GradientRule.js";

export const Identity: GradientRule = (context) => [outputGradient(context)];
