import type { NodeOptions } from "@dropoutkit/onnx/graph";
import fc from "fast-check";
import { oneInput } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";

const single = "float32";
const atZero = { kinks: [0] };

/** Float attributes: all left out, or as given. */
const floats = (
  values: Readonly<Record<string, number>>,
): fc.Arbitrary<NodeOptions["attributes"]> =>
  fc.constantFrom(
    undefined,
    Object.fromEntries(Object.entries(values).map(([name, float]) => [name, { float }])),
  );

gradientLaw("Celu", {
  opsets: [12],
  type: single,
  fifth: 20,
  cases: oneInput(atZero, floats({ alpha: 0.5 })),
});
gradientLaw("Elu", {
  opsets: [7, 22],
  type: single,
  cases: oneInput(atZero, floats({ alpha: 0.5 })),
});
gradientLaw("Gelu", {
  opsets: [20],
  type: single,
  cases: oneInput({}, fc.constantFrom(undefined, { approximate: "none" }, { approximate: "tanh" })),
});
// Kinks: -2.5 and 2.5 by default, else -beta / alpha and (1 - beta) / alpha.
gradientLaw("HardSigmoid", {
  opsets: [7, 22],
  type: single,
  cases: oneInput({ from: -4, to: 4, kinks: [-2.5, 2.5] }),
});
gradientLaw("HardSigmoid", {
  opsets: [7],
  type: single,
  cases: oneInput({ kinks: [-1, 1] }, fc.constant({ alpha: { float: 0.5 }, beta: { float: 0.5 } })),
});
gradientLaw("HardSwish", {
  opsets: [14, 22],
  type: single,
  cases: oneInput({ from: -4, to: 4, kinks: [-3, 3] }),
});
gradientLaw("LeakyRelu", {
  opsets: [7, 16],
  type: single,
  cases: oneInput(atZero, floats({ alpha: 0.2 })),
});
gradientLaw("Mish", { opsets: [18, 22], type: single, cases: oneInput() });
gradientLaw("Relu", { opsets: [7, 9, 13], cases: oneInput(atZero) });
gradientLaw("Selu", {
  opsets: [7, 22],
  type: single,
  cases: oneInput(atZero, floats({ alpha: 0.5, gamma: 2 })),
});
gradientLaw("Shrink", {
  opsets: [9],
  type: single,
  cases: oneInput({ kinks: [-0.5, 0.5] }, floats({ bias: 0.25 })),
});
gradientLaw("Swish", {
  opsets: [24],
  type: single,
  cases: oneInput({}, floats({ alpha: 0.5 })),
});
gradientLaw("ThresholdedRelu", { opsets: [10, 22], type: single, cases: oneInput({ kinks: [1] }) });
