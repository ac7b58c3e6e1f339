import fc from "fast-check";
import { type Cases, derived, namedAt, seeds } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { isCovering, windowCases } from "./windows.js";

const transposed: Cases = (opset) =>
  fc
    .record({
      window: windowCases({ maxRank: 2 }),
      places: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      more: fc.tuple(fc.nat(2), fc.nat(2)),
      isShaped: fc.boolean(),
      group: fc.constantFrom(1, 1, 2),
      channels: fc.integer({ min: 1, max: 2 }),
      outputs: fc.integer({ min: 1, max: 2 }),
      batch: fc.integer({ min: 0, max: 2 }),
      hasBias: fc.boolean(),
      seed: seeds,
      named: namedAt(opset),
    })
    .filter(({ window }) => isCovering(window))
    // The output must have entries.
    .filter(({ window: { axes }, places }) =>
      axes.every(
        ({ kernel, stride, dilation, before, after }, axis) =>
          (places[axis] - 1) * stride + (kernel - 1) * dilation >= before + after,
      ),
    )
    .map(({ window, group, channels, outputs, batch, hasBias, seed, ...drawn }) => {
      const { axes, kernel, attributes } = window;
      const { places, isShaped } = drawn;
      const sizes = axes.map((_, axis) => places[axis]);
      // The runtime takes no output padding as large as the stride.
      const more = axes.map(({ stride }, axis) => Math.min(drawn.more[axis], stride - 1));
      const { pads, ...unpadded } = attributes;
      // As large as without padding, or smaller.
      const shape = axes.map(({ stride, dilation }, axis) =>
        Math.max(1, (sizes[axis] - 1) * stride + (kernel[axis] - 1) * dilation + 1 - more[axis]),
      );
      const isGiven = isShaped && pads !== undefined;
      return {
        // The sizes of kernel and bias are always told.
        named: drawn.named && batch > 0 && [0],
        attributes: isGiven
          ? { ...unpadded, group, output_shape: shape }
          : { ...attributes, group, output_padding: pads === undefined ? more.map(() => 0) : more },
        inputs: [
          derived(seed, [batch, group * channels, ...sizes]),
          derived(seed + 1, [group * channels, outputs, ...kernel]),
          ...(hasBias ? [derived(seed + 2, [group * outputs])] : []),
        ],
      };
    });

// An entry of the output is a sum of up to 2 · 9 · 9 products below 4, each of them rounded.
gradientLaw("ConvTranspose", {
  opsets: [7, 11, 13, 22],
  type: "float32",
  ulps: 100,
  runs: 30,
  cases: transposed,
});
