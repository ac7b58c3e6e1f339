import { stringAttribute } from "../../model/attribute.js";
import type { NodeProto } from "../../model/schema.js";

/** A label for each axis of an Einsum's inputs and of its output: its letter, or `.n` for the n-th from the end of those that dots stand for. */
export interface EinsumTerms {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** Reads an Einsum's equation for inputs of these ranks; undefined where it does not fit them. */
export function einsumTerms(node: NodeProto, ranks: readonly number[]): EinsumTerms | undefined {
  const equation = stringAttribute(node, "equation", "").replaceAll(" ", "");
  const [left, right = onceIn(left)] = equation.split("->");
  const terms = left.split(",");
  const inputs = terms.flatMap((term, i) => {
    const labels = labelsOf(term, (ranks[i] ?? -1) - lettersIn(term).length);
    return labels === undefined ? [] : [labels];
  });
  if (inputs.length !== terms.length || terms.length !== ranks.length) return undefined;
  const dots = inputs.map((labels) => labels.filter(isDot).length);
  const output = labelsOf(right, right.includes(DOTS) ? Math.max(...dots) : 0);
  return output && { inputs, output };
}

/** Whether a label is of an axis that dots stand for: one that is broadcast. */
export const isDot = (label: string): boolean => label.startsWith(".");

const DOTS = "...";

const lettersIn = (term: string): string[] => [...term.replace(DOTS, "")];

/** The labels of a term whose dots stand for `extra` axes; undefined where it has none to do so. */
function labelsOf(term: string, extra: number): readonly string[] | undefined {
  if (extra < 0 || (extra > 0 && !term.includes(DOTS))) return undefined;
  const [before, after = ""] = term.split(DOTS);
  return [...before, ...Array.from({ length: extra }, (_, i) => `.${extra - i}`), ...after];
}

/** Without an arrow the output has the letters that stand once, in order, behind the broadcast axes. */
function onceIn(left: string): string {
  const all = lettersIn(left.replaceAll(",", "").replaceAll(DOTS, ""));
  const once = all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).sort();
  return (left.includes(DOTS) ? DOTS : "") + once.join("");
}
