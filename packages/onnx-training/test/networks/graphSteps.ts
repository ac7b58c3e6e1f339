import { type GraphBuilder, makeValueInfo } from "@dropoutkit/onnx";
import type { Value } from "./Draft.js";
import type { Step } from "./Step.js";

const info = (name: string, dims: readonly number[]) =>
  makeValueInfo(name, { type: "float64", dims });

/** One of two graphs that read tensors around them. */
const choice: Step = {
  add(draft, { which, other }) {
    const x = draft.recent(which);
    const y = draft.partner(other, x.dims, (dims) => `${dims}` === `${x.dims}`);
    const [a, b] = draft.read(x, y);
    const branch = (write: (builder: GraphBuilder) => string, name: string) => {
      const builder = draft.builder.nested(name);
      const output = write(builder);
      return builder.graph({ name, inputs: [], outputs: [info(output, x.dims)] });
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
    const body = bodyOf(draft.builder.nested("body"), { scale, dims });
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
  builder: GraphBuilder,
  { scale, dims }: { readonly scale: Value; readonly dims: readonly number[] },
) {
  const [state, slice] = ["state", "slice"].map((hint) => builder.uniqueName(hint));
  const next = builder.op("Tanh", [builder.op("Add", [state, slice])]);
  const scaled = builder.op("Mul", [next, scale.name]);
  return builder.graph({
    name: "body",
    inputs: [info(state, dims), info(slice, dims)],
    outputs: [info(next, dims), info(scaled, dims)],
  });
}

export const graphSteps: readonly Step[] = [choice, loop];
