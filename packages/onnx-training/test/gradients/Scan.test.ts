import { GraphBuilder, type GraphProto, makeValueInfo } from "@dropoutkit/onnx/graph";
import fc from "fast-check";
import { type Cases, derived, seeds } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import type { NodeCase } from "./nodeCase.js";

/** Where the slices of a sequence lie, and which comes first. */
interface Order {
  readonly axis: number;
  readonly direction: number;
}

interface Loop {
  readonly time: number;
  readonly rows: number;
  readonly columns: number;
  readonly states: number;
  readonly inputs: readonly Order[];
  /** Each of a value of the body, see `bodyOf`. */
  readonly outputs: readonly (Order & { readonly value: number })[];
  readonly product: "MatMul" | "Gemm";
  readonly read: number;
  readonly seed: number;
}

const type = "float64";

/**
 * An iteration over slices `[rows, columns]`: states and inputs meet in a product with a matrix from around
 * the loop, are scaled by a vector from there, and become the next states.
 */
function bodyOf({ rows, columns, states, inputs, outputs, product }: Loop): GraphProto {
  const body = new GraphBuilder("body");
  const names = (kind: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `body/${kind}${i}`);
  const [s, x] = [names("state", states), names("slice", inputs.length)];
  const matrix = `x${states + inputs.length}`;
  const vector = `x${states + inputs.length + 1}`;
  const linear = body.op(product, [s[0] ?? x[0], matrix]);
  const sum = [...x, ...s.slice(1)].reduce((total, part) => body.op("Add", [total, part]), linear);
  const squashed = body.op("Tanh", [sum]);
  const gate = body.op("Mul", [body.op("Sigmoid", [sum]), vector]);
  const next = s.map((state, i) =>
    i === 0 ? squashed : body.op("Add", [body.op("Mul", [gate, state]), squashed]),
  );
  const all = body.op("Add", [squashed, gate]);
  const values = [all, gate, s[0] ?? x[0], body.op("Mul", [gate, x[0]]), vector];
  const row = body.op("Mul", [vector, vector]);
  const given = outputs.map(({ value }) => body.op("Identity", [[...values, row][value]]));
  const slice = (name: string) => makeValueInfo(name, { type, dims: [rows, columns] });
  return body.graph({
    name: "body",
    inputs: [...s, ...x].map(slice),
    outputs: [
      ...next.map((name) => body.op("Identity", [name])).map(slice),
      ...given.map((name, k) =>
        outputs[k].value < 4 ? slice(name) : makeValueInfo(name, { type, dims: [columns] }),
      ),
    ],
  });
}

function caseOf(loop: Loop): NodeCase {
  const { time, rows, columns, states, inputs, outputs, seed } = loop;
  const slice = [rows, columns];
  const wholes = inputs.map(({ axis }) => {
    const at = axis < 0 ? axis + 3 : axis;
    return [...slice.slice(0, at), time, ...slice.slice(at)];
  });
  const shapes = [...new Array(states).fill(slice), ...wholes, [columns, columns], [columns]];
  const count = states + outputs.length;
  return {
    inputs: shapes.map((dims, i) => derived(seed + i, dims, { from: -1, to: 1 })),
    captured: 2,
    outputs: count,
    read: Array.from({ length: count }, (_, i) => i).filter(
      (i) => i === states || (loop.read >> i) % 2 === 1,
    ),
    attributes: {
      body: bodyOf(loop),
      num_scan_inputs: inputs.length,
      scan_input_axes: inputs.map(({ axis }) => axis),
      scan_input_directions: inputs.map(({ direction }) => direction),
      scan_output_axes: outputs.map(({ axis }) => axis),
      scan_output_directions: outputs.map(({ direction }) => direction),
    },
  };
}

const cases: Cases = (opset) => {
  const order = (from: number, to: number) => ({
    axis: fc.integer({ min: opset >= 11 ? -to - 1 : from, max: to }),
    direction: fc.nat(1),
  });
  const output = fc.oneof(
    fc.record({ value: fc.nat(3), ...order(0, 2) }),
    fc.record({ value: fc.integer({ min: 4, max: 5 }), ...order(0, 1) }),
  );
  return fc
    .record({
      time: fc.integer({ min: 1, max: 3 }),
      rows: fc.nat(2),
      columns: fc.integer({ min: 1, max: 2 }),
      states: fc.nat(2),
      inputs: fc.array(fc.record(order(0, 2)), { minLength: 1, maxLength: 2 }),
      outputs: fc.array(output, { minLength: 1, maxLength: 3 }),
      product: opset >= 11 ? fc.constantFrom("MatMul", "Gemm") : fc.constant("MatMul"),
      read: fc.nat(31),
      seed: seeds,
    })
    .map(({ outputs: [first, ...others], rows, ...loop }) => {
      // What depends on all is an output that is read.
      const outputs = [{ ...first, value: 0 }, ...others];
      // The runtime divides by zero where a Scan writes empty slices along another axis than the first.
      const isFirst = [...outputs, ...loop.inputs].every(({ axis }) => axis === 0);
      return caseOf({ ...loop, outputs, rows: isFirst ? rows : Math.max(rows, 1) });
    });
};

// The schema changed at 9, 11, 16, 19, 21, 23 and 24.
// An entry goes through 3 iterations of 8 operations, and is a sum of 2 in each product.
gradientLaw("Scan", {
  opsets: [9, 11, 13, 16, 19, 21, 23, 24],
  cases,
  runs: 12,
  ulps: 32,
  fifth: 4096,
});
