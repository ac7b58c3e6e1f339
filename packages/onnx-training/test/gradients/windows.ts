import fc from "fast-check";

/** A window over space as attributes say it, and the sizes of an input that it fits. */
export interface WindowCase {
  readonly space: readonly number[];
  readonly kernel: readonly number[];
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
}

export interface WindowLimits {
  readonly maxRank?: number;
  /** Whether the runtime has dilations. Default: true. */
  readonly dilated?: boolean;
}

const PADDING = ["pads", "SAME_UPPER", "SAME_LOWER", "VALID"];

/** Windows over one to three axes: strides, dilations, padding of either kind. */
export const windowCases = ({
  maxRank = 3,
  dilated = true,
}: WindowLimits = {}): fc.Arbitrary<WindowCase> =>
  fc
    .record({
      axes: fc.array(
        fc.record({
          kernel: fc.integer({ min: 1, max: 3 }),
          stride: fc.integer({ min: 1, max: 3 }),
          dilation: dilated ? fc.integer({ min: 1, max: 2 }) : fc.constant(1),
          before: fc.nat(2),
          after: fc.nat(2),
          more: fc.nat(2),
        }),
        { minLength: 1, maxLength: maxRank },
      ),
      padding: fc.constantFrom(...PADDING),
    })
    .map(({ axes, padding }) => {
      // Padding is less than the kernel, so that no window lies in padding alone.
      const cut = axes.map(({ kernel, before, after }) => ({
        before: Math.min(before, kernel - 1),
        after: Math.min(after, kernel - 1),
      }));
      // The runtime has no dilations beside automatic padding.
      const isGiven = padding === "pads";
      const dilations = axes.map(({ dilation }) => (isGiven ? dilation : 1));
      const kernel = axes.map((axis) => axis.kernel);
      return {
        kernel,
        space: axes.map(({ more }, axis) => (kernel[axis] - 1) * dilations[axis] + 1 + more),
        attributes: {
          strides: axes.map(({ stride }) => stride),
          ...(dilated && { dilations }),
          ...(isGiven
            ? { pads: [...cut.map(({ before }) => before), ...cut.map(({ after }) => after)] }
            : { auto_pad: padding }),
        },
      };
    });
