import { intsAttribute, padZeros } from "@dropoutkit/onnx/graph";
import { type GradientContext, type GradientRule, outputGradient } from "./GradientRule.js";
import { gradientOfMoved } from "./movedEntries.js";

/** Y = a box of X. Where it is known and has no steps, zeros come around its gradient; else its places are found by slicing places. */
export const Slice: GradientRule = (context) => {
  const pads = padsAround(context);
  return [
    pads === undefined
      ? gradientOfMoved(context)
      : padZeros(context, outputGradient(context), pads),
  ];
};

/** The sizes of what was cut off before and after each axis; undefined where only the run tells, or where entries were left out between. */
function padsAround({ node, info, constant, opset }: GradientContext): number[] | undefined {
  const list = (name: string, place: number): readonly number[] | "none" | undefined => {
    if (opset < 10) return intsAttribute(node, name) ?? "none";
    const input = node.input[place];
    if (!input) return "none";
    return constant(input);
  };
  const [starts, ends] = [list("starts", 1), list("ends", 2)];
  const [axes, steps] = [list("axes", 3), list("steps", 4)];
  if (!Array.isArray(starts) || !Array.isArray(ends)) return undefined;
  if (axes === undefined || steps === undefined) return undefined;
  if (Array.isArray(steps) && steps.some((step) => step !== 1)) return undefined;
  const { dims } = info(node.input[0]);
  const before = dims.map(() => 0);
  const after = dims.map(() => 0);
  for (const [i, start] of starts.entries()) {
    const named = axes === "none" ? i : axes[i];
    const axis = named < 0 ? named + dims.length : named;
    const size = dims[axis];
    if (typeof size !== "number") return undefined;
    const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
    before[axis] = clamp(start);
    after[axis] = size - Math.max(clamp(ends[i]), before[axis]);
  }
  return [...before, ...after];
}
