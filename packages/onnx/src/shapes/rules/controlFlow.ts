import { intAttribute, intsAttribute } from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import { larger, type MaybeDim } from "../dims.js";
import { axisIn, hasInput, inputOf, unknownDims } from "../nodeFacts.js";
import { type Facts, type ShapeRule, unknown } from "../ShapeRule.js";
import { known } from "./axes.js";

/** What is known whichever of two tensors it is. */
function either(a: Facts, b: Facts): Facts {
  const dataType = a.dataType === b.dataType ? a.dataType : DataType.UNDEFINED;
  if (a.dims === undefined || a.dims.length !== b.dims?.length) return { dataType };
  const dims = a.dims.map((dim, axis) => (dim === b.dims?.[axis] ? dim : undefined));
  return { dataType, dims };
}

const branch: ShapeRule = (context) => {
  const then = context.body("then_branch", []);
  const otherwise = context.body("else_branch", []);
  const [condition] = inputOf(context, 0).value ?? [];
  if (condition === 1) return then;
  if (condition === 0) return otherwise;
  return then.map((facts, i) => either(facts, otherwise[i] ?? unknown));
};

const same = (a: readonly Facts[], b: readonly Facts[]): boolean =>
  a.every(
    ({ dims }, i) => dims?.join() === b[i].dims?.join() && dims?.length === b[i].dims?.length,
  );

/** Facts of what a body carries from one iteration to the next: of the first and of every later one. */
function carriedFacts(
  start: readonly Facts[],
  run: (carried: readonly Facts[]) => readonly Facts[],
  skip = 0,
): { readonly carried: readonly Facts[]; readonly outputs: readonly Facts[] } {
  // Elements change, so only the type and the sizes are carried. A size that changes is forgotten, so
  // the rounds end.
  let carried: readonly Facts[] = start.map(({ dataType, dims }) => ({ dataType, dims }));
  for (;;) {
    const outputs = run(carried);
    const merged = carried.map((facts, i) => either(facts, outputs[i + skip] ?? unknown));
    if (same(carried, merged)) return { carried, outputs };
    carried = merged;
  }
}

const loop: ShapeRule = (context) => {
  const start = context.node.input.slice(2).map((_, i) => inputOf(context, i + 2));
  const counter: Facts = { dataType: DataType.INT64, dims: [] };
  // The body runs while the condition holds, so there it is true.
  const goesOn: Facts = { dataType: DataType.BOOL, dims: [], value: [1] };
  const { carried, outputs } = carriedFacts(
    start,
    (state) => context.body("body", [counter, goesOn, ...state]),
    1,
  );
  const [condition, ...values] = outputs;
  const starts = hasInput(context, 1) ? inputOf(context, 1).value?.[0] === 1 : true;
  const isCounted = starts && condition?.value?.[0] === 1;
  const count = isCounted ? larger(inputOf(context, 0).value?.[0], 0) : undefined;
  return values.map((facts, i) =>
    i < carried.length
      ? carried[i]
      : { dataType: facts.dataType, dims: facts.dims && [count, ...facts.dims] },
  );
};

const scan: ShapeRule = (context) => {
  const { node } = context;
  if (context.opset < 9) return batchOfScans(context);
  const count = intAttribute(node, "num_scan_inputs", 0);
  const stateCount = Math.max(0, node.input.length - count);
  const inputs = node.input.map((_, i) => inputOf(context, i));
  const scanned = inputs.slice(stateCount);
  const axes = intsAttribute(node, "scan_input_axes");
  const slices = scanned.map((facts, i) => withoutAxis(facts, axes?.[i] ?? 0));
  const { carried, outputs } = carriedFacts(inputs.slice(0, stateCount), (state) =>
    context.body("body", [...state, ...slices.map(({ slice }) => slice)]),
  );
  const length = known(slices.map(({ size }) => size));
  const outputAxes = intsAttribute(node, "scan_output_axes");
  return outputs.map((facts, i) =>
    i < stateCount ? carried[i] : withAxis(facts, outputAxes?.[i - stateCount] ?? 0, length),
  );
};

/** The first version: a scan for each example, over its second axis; the lengths of the sequences come first. */
const batchOfScans: ShapeRule = (context) => {
  const { node } = context;
  const inputs = node.input.slice(1).map((_, i) => inputOf(context, i + 1));
  const stateCount = Math.max(0, inputs.length - intAttribute(node, "num_scan_inputs", 0));
  const batch = known(inputs.map(({ dims }) => dims?.[0]));
  const length = known(inputs.slice(stateCount).map(({ dims }) => dims?.[1]));
  const within = inputs.map(({ dataType, dims }, i): Facts => {
    return { dataType, dims: dims?.slice(i < stateCount ? 1 : 2) };
  });
  const slices = within.slice(stateCount);
  const { carried, outputs } = carriedFacts(within.slice(0, stateCount), (state) =>
    context.body("body", [...state, ...slices]),
  );
  return outputs.map(({ dataType, dims }, i): Facts => {
    if (i >= stateCount) return { dataType, dims: dims && [batch, length, ...dims] };
    const state = carried[i].dims;
    return { dataType, dims: state && [batch, ...state] };
  });
};

function withoutAxis(
  { dataType, dims }: Facts,
  axis: number,
): { readonly slice: Facts; readonly size: MaybeDim } {
  const at = dims && axisIn(axis, dims.length);
  if (at === undefined) return { slice: { dataType }, size: undefined };
  return { slice: { dataType, dims: dims?.filter((_, i) => i !== at) }, size: dims?.[at] };
}

function withAxis({ dataType, dims }: Facts, axis: number, size: MaybeDim): Facts {
  const at = dims && axisIn(axis, dims.length + 1);
  if (dims === undefined || at === undefined)
    return { dataType, dims: dims && unknownDims(dims.length + 1) };
  return { dataType, dims: [...dims.slice(0, at), size, ...dims.slice(at)] };
}

/** Operators that run graphs. */
export const controlFlowRules: Readonly<Record<string, ShapeRule>> = {
  If: branch,
  Loop: loop,
  Scan: scan,
};
