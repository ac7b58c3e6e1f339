import type { ShapeRule } from "../ShapeRule.js";
import { axesRules } from "./axes.js";
import { controlFlowRules } from "./controlFlow.js";
import { convolutionRules } from "./convolution.js";
import { creationRules } from "./creation.js";
import { elementwiseRules } from "./elementwise.js";
import { imageRules } from "./image.js";
import { indexingRules } from "./indexing.js";
import { normalizationRules } from "./normalization.js";
import { productRules } from "./product.js";
import { quantizationRules } from "./quantization.js";
import { recurrentRules } from "./recurrent.js";
import { reductionRules } from "./reduction.js";
import { sequenceRules } from "./sequence.js";
import { sliceRules } from "./slice.js";
import { textRules } from "./text.js";

/** The rule of each standard operator, by its name; of others nothing is known. */
export const shapeRules: ReadonlyMap<string, ShapeRule> = new Map(
  Object.entries({
    ...axesRules,
    ...controlFlowRules,
    ...convolutionRules,
    ...creationRules,
    ...elementwiseRules,
    ...imageRules,
    ...indexingRules,
    ...normalizationRules,
    ...productRules,
    ...quantizationRules,
    ...recurrentRules,
    ...reductionRules,
    ...sequenceRules,
    ...sliceRules,
    ...textRules,
  }),
);
