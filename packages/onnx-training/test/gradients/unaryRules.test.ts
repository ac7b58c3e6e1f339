import { oneInput } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";

// Bounds of a fifth derivative are its largest value over the domain and two steps around it.
const single = "float32";

gradientLaw("Abs", { opsets: [7, 9, 13], cases: oneInput({ kinks: [0] }) });
gradientLaw("Acos", {
  opsets: [7, 22],
  type: single,
  fifth: 150,
  cases: oneInput({ from: -0.4, to: 0.4 }),
});
gradientLaw("Acosh", {
  opsets: [9, 22],
  type: single,
  fifth: 200,
  cases: oneInput({ from: 1.6, to: 3 }),
});
gradientLaw("Asin", {
  opsets: [7, 22],
  type: single,
  fifth: 150,
  cases: oneInput({ from: -0.4, to: 0.4 }),
});
gradientLaw("Asinh", { opsets: [9, 22], type: single, cases: oneInput() });
gradientLaw("Atan", { opsets: [7, 22], type: single, fifth: 24, cases: oneInput() });
gradientLaw("Atanh", {
  opsets: [9, 22],
  type: single,
  fifth: 200,
  cases: oneInput({ from: -0.3, to: 0.3 }),
});
gradientLaw("Cos", { opsets: [7, 22], cases: oneInput() });
gradientLaw("Cosh", { opsets: [9, 22], type: single, cases: oneInput() });
gradientLaw("Erf", { opsets: [9, 13], type: single, cases: oneInput() });
gradientLaw("Exp", { opsets: [7, 13], cases: oneInput() });
gradientLaw("Identity", { opsets: [7, 13, 24], cases: oneInput() });
gradientLaw("Log", { opsets: [7, 13], fifth: 800, cases: oneInput({ from: 0.5, to: 4 }) });
gradientLaw("Neg", { opsets: [7, 13], cases: oneInput() });
gradientLaw("Reciprocal", { opsets: [7, 13], fifth: 8000, cases: oneInput({ from: 0.5, to: 4 }) });
gradientLaw("Sigmoid", { opsets: [7, 13], cases: oneInput() });
gradientLaw("Sin", { opsets: [7, 22], cases: oneInput() });
gradientLaw("Sinh", { opsets: [9, 22], type: single, cases: oneInput() });
gradientLaw("Softplus", { opsets: [7, 22], type: single, cases: oneInput() });
gradientLaw("Softsign", {
  opsets: [7, 22],
  type: single,
  fifth: 120,
  cases: oneInput({ kinks: [0] }),
});
gradientLaw("Sqrt", { opsets: [7, 13], fifth: 100, cases: oneInput({ from: 0.5, to: 4 }) });
gradientLaw("Tan", {
  opsets: [7, 22],
  type: single,
  fifth: 200,
  cases: oneInput({ from: -0.5, to: 0.5 }),
});
gradientLaw("Tanh", { opsets: [7, 13], cases: oneInput() });
