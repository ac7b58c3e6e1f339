import fc from "fast-check";
import {
  broadcastInputs,
  broadcasts,
  broadcastsOf,
  derived,
  distinctValues,
  namedAt,
  oneInput,
  seeds,
  shapes,
  valuesIn,
} from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { bools, type NodeCase } from "./nodeCase.js";

const any = {};
const positive = { from: 0.5, to: 2 };

gradientLaw("Add", { opsets: [7, 13, 14], cases: broadcastInputs(any, any) });
gradientLaw("Sub", { opsets: [7, 13, 14], cases: broadcastInputs(any, any) });
gradientLaw("Mul", { opsets: [7, 13, 14], cases: broadcastInputs(any, any) });
// Fifth derivative of a / b: 120 a / b^6 < 2 * 7800.
gradientLaw("Div", { opsets: [7, 13, 14], fifth: 16000, cases: broadcastInputs(any, positive) });
// Of a^b by a, with a >= 1/2 and |b| <= 2: |b (b-1) ... (b-4)| a^(b-5) <= 720 * 2^7.
gradientLaw("Pow", {
  opsets: [7, 12, 13, 15],
  fifth: 100000,
  cases: broadcastInputs(positive, any),
});
gradientLaw("PRelu", { opsets: [7, 9, 16], type: "float32", cases: preluInputs });
for (const opType of ["Sum", "Mean"]) {
  gradientLaw(opType, {
    opsets: [8, 13],
    type: opType === "Mean" ? "float32" : "float64",
    cases: broadcastInputs(any, any, any),
  });
  gradientLaw(opType, { opsets: [8], type: "float32", cases: oneInput() });
}
for (const opType of ["Max", "Min"]) {
  gradientLaw(opType, { opsets: [8, 11, 12, 13], cases: distinctInputs(3) });
  gradientLaw(opType, { opsets: [8], cases: distinctInputs(1) });
}
gradientLaw("Where", { opsets: [9, 16], cases: selected });

/** The slope is broadcast to X, not X to the slope. */
function preluInputs(opset: number): fc.Arbitrary<NodeCase> {
  return fc
    .record({ full: shapes(), seed: seeds, named: namedAt(opset) })
    .chain(({ full, seed, named }) =>
      broadcastsOf(full).map((dims) => ({
        named,
        inputs: [derived(seed, full, { kinks: [0] }), derived(seed + 1, dims)],
      })),
    );
}

function distinctInputs(count: number) {
  return (opset: number): fc.Arbitrary<NodeCase> =>
    fc
      .record({ dims: broadcasts(count), seed: seeds, named: namedAt(opset) })
      .map(({ dims, seed, named }) => {
        const sizes = dims.map((shape) => shape.reduce((product, size) => product * size, 1));
        const values = distinctValues(seed, sizes);
        return { named, inputs: dims.map((shape, i) => ({ dims: shape, values: values[i] })) };
      });
}

function selected(opset: number): fc.Arbitrary<NodeCase> {
  return fc
    .record({ dims: broadcasts(3), seed: seeds, named: namedAt(opset) })
    .map(({ dims: [condition, a, b], seed, named }) => ({
      named,
      inputs: [
        bools(
          condition,
          valuesIn(seed, condition).map((value) => value > 0),
        ),
        derived(seed + 1, a),
        derived(seed + 2, b),
      ],
    }));
}
