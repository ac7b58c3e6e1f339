import { type GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import type { Draft, Value } from "./Draft.js";
import type { Step } from "./Step.js";

const info = ({ type }: Draft, name: string, dims: readonly number[]) =>
  makeValueInfo(name, { type, dims });

/** One of two graphs that read tensors around them. */
const choice: Step = {
  add(draft, { which, other }) {
    const x = draft.recent(which);
    const y = draft.partner(other, x.dims, (dims) => `${dims}` === `${x.dims}`);
    const [a, b] = draft.read(x, y);
    const branch = (write: (builder: GraphBuilder) => string, name: string) => {
      const builder = draft.builder.nested(name);
      const output = write(builder);
      return builder.graph({ name, inputs: [], outputs: [info(draft, output, x.dims)] });
    };
    const product = branch((builder) => builder.op("Sin", [builder.op("Mul", [a, b])]), "then");
    const difference = branch((builder) => builder.op("Sub", [a, builder.op("Tanh", [b])]), "else");
    const name = draft.builder.op("If", ["flag"], {
      attributes: { then_branch: product, else_branch: difference },
    });
    draft.add(name, { dims: x.dims, bound: Math.max(1, x.bound + 1) });
  },
};

/** A state that goes along the first axis, and what it was on the way; it reads a tensor around it. */
const loop: Step = {
  since: 9,
  add(draft, { which, other, how }) {
    const x = draft.recent(which);
    if (x.dims.length === 0) return;
    const [, ...dims] = x.dims;
    const same = (own: readonly number[]): boolean => `${own}` === `${dims}`;
    const [start, scale] = [other, how].map((chosen) => draft.partner(chosen, dims, same));
    const body = bodyOf(draft, { scale, dims });
    const outputs = ["state", "states"].map((hint) => draft.builder.uniqueName(hint));
    const [state, states] = draft.builder.ops("Scan", draft.read(start, x), {
      attributes: { body, num_scan_inputs: 1, scan_input_directions: [how % 2] },
      outputs,
    });
    draft.read(scale);
    draft.add(state, { dims, bound: 1 });
    draft.add(states, { dims: x.dims, bound: scale.bound });
  },
};

function bodyOf(
  draft: Draft,
  { scale, dims }: { readonly scale: Value; readonly dims: readonly number[] },
) {
  const builder = draft.builder.nested("body");
  const [state, slice] = ["state", "slice"].map((hint) => builder.uniqueName(hint));
  const next = builder.op("Tanh", [builder.op("Add", [state, slice])]);
  const scaled = builder.op("Mul", [next, scale.name]);
  return builder.graph({
    name: "body",
    inputs: [info(draft, state, dims), info(draft, slice, dims)],
    outputs: [info(draft, next, dims), info(draft, scaled, dims)],
  });
}

export const graphSteps: readonly Step[] = [choice, loop];
