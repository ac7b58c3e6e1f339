import fc from "fast-check";
import { type Cases, derived, namedAt, seeds } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { windowCases } from "./windows.js";

const convolutions: Cases = (opset) =>
  fc
    .record({
      window: windowCases(),
      group: fc.constantFrom(1, 1, 2),
      // From 16 channels on the gradient by the kernel is written in another way.
      channels: fc.constantFrom(1, 2, 16),
      outputs: fc.integer({ min: 1, max: 2 }),
      batch: fc.integer({ min: 0, max: 2 }),
      hasBias: fc.boolean(),
      hasShape: fc.boolean(),
      seed: seeds,
      named: namedAt(opset),
    })
    .map(({ window, group, channels, outputs, batch, hasBias, hasShape, seed, named }) => ({
      // The sizes of kernel and bias are always told.
      named: named && batch > 0 && [0],
      attributes: { ...window.attributes, group, ...(hasShape && { kernel_shape: window.kernel }) },
      inputs: [
        derived(seed, [batch, group * channels, ...window.space]),
        derived(seed + 1, [group * outputs, channels, ...window.kernel]),
        ...(hasBias ? [derived(seed + 2, [group * outputs])] : []),
      ],
    }));

// An entry of the output is a sum of up to 16 · 27 products below 4, each of them rounded.
gradientLaw("Conv", {
  opsets: [7, 11, 13, 22],
  type: "float32",
  ulps: 500,
  runs: 30,
  cases: convolutions,
});
