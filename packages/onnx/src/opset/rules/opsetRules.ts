import type { OpsetRule } from "../OpsetRule.js";
import { writeNode } from "../writeNode.js";
import { inputRules } from "./attributesToInputs.js";
import { broadcastRules } from "./broadcast.js";
import { firstRules } from "./firstVersions.js";
import { imageRules } from "./image.js";
import { normalizationRules } from "./normalization.js";
import { softmaxRules } from "./softmax.js";

const scatter: OpsetRule = (node, context) =>
  writeNode(node, context, { opType: "ScatterElements" });

/** The first version ran a batch of scans, each as long as the caller said. */
const batchedScan: OpsetRule = (_, { refuse }) => {
  throw refuse("be of opset 9 or later", "a Scan of a batch");
};

type Rules = Readonly<Record<number, OpsetRule | undefined>>;

const families: readonly Readonly<Record<string, Rules>>[] = [
  broadcastRules,
  firstRules,
  imageRules,
  inputRules,
  normalizationRules,
  softmaxRules,
  { Scan: { 9: batchedScan }, Scatter: { 11: scatter } },
];

const merged: Record<string, Rules | undefined> = {};
for (const [opType, rules] of families.flatMap(Object.entries<Rules>)) {
  merged[opType] = { ...merged[opType], ...rules };
}

/** For each operator the versions at which a node must be written anew, and how. */
export const opsetRules: Readonly<Record<string, Rules | undefined>> = merged;
