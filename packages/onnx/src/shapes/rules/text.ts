import { intsAttribute, stringAttribute, stringsAttribute } from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import { inputOf } from "../nodeFacts.js";
import type { ShapeRule } from "../ShapeRule.js";
import { broadcastAll } from "./elementwise.js";

const concatenated: ShapeRule = (context) => [
  { dataType: DataType.STRING, dims: broadcastAll(context) },
];

const matched: ShapeRule = (context) => [
  { dataType: DataType.BOOL, dims: inputOf(context, 0).dims },
];

/** How many words are left is known where none are taken out. */
const normalized: ShapeRule = (context) => {
  const { dims } = inputOf(context, 0);
  const dataType = DataType.STRING;
  if (stringsAttribute(context.node, "stopwords") === undefined) return [{ dataType, dims }];
  return [{ dataType, dims: dims && [...dims.slice(0, -1), undefined] }];
};

/** The parts along a last axis, as long as the longest needs it, and how many there are of each. */
const split: ShapeRule = (context) => {
  const { dims } = inputOf(context, 0);
  return [
    { dataType: DataType.STRING, dims: dims && [...dims, undefined] },
    { dataType: DataType.INT64, dims },
  ];
};

/** A weight for each n-gram of a pool, whose places are listed. */
const tfIdf: ShapeRule = (context) => {
  const { dims } = inputOf(context, 0);
  const places = intsAttribute(context.node, "ngram_indexes") ?? [];
  const count = places.reduce((most, place) => Math.max(most, place + 1), 0);
  return [{ dataType: DataType.FLOAT, dims: dims && [...dims.slice(0, -1), count] }];
};

const decoded: ShapeRule = (context) => {
  const isGray = stringAttribute(context.node, "pixel_format", "RGB") === "Grayscale";
  return [{ dataType: DataType.UINT8, dims: [undefined, undefined, isGray ? 1 : 3] }];
};

/** Operators on strings, and on files. */
export const textRules: Readonly<Record<string, ShapeRule>> = {
  ImageDecoder: decoded,
  RegexFullMatch: matched,
  StringConcat: concatenated,
  StringNormalizer: normalized,
  StringSplit: split,
  TfIdfVectorizer: tfIdf,
};
