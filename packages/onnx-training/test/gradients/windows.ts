import fc from "fast-check";

/** A window over space as attributes say it, and the sizes of an input that it fits. */
export interface WindowCase {
  readonly space: readonly number[];
  readonly kernel: readonly number[];
  readonly axes: readonly WindowAxis[];
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
}

export interface WindowAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
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
    .map(({ axes: drawn, padding }) => {
      const isGiven = padding === "pads";
      const axes = drawn.map(({ kernel, dilation, before, after, ...axis }) => ({
        ...axis,
        kernel,
        // The runtime has no dilations beside automatic padding.
        dilation: isGiven ? dilation : 1,
        // Padding is less than the kernel, so that no window lies in padding alone.
        before: isGiven ? Math.min(before, kernel - 1) : 0,
        after: isGiven ? Math.min(after, kernel - 1) : 0,
      }));
      const of = (key: keyof WindowAxis): number[] => axes.map((axis) => axis[key]);
      return {
        axes,
        kernel: of("kernel"),
        space: axes.map(({ kernel, dilation, more }) => (kernel - 1) * dilation + 1 + more),
        attributes: {
          strides: of("stride"),
          ...(dilated && { dilations: of("dilation") }),
          ...(isGiven ? { pads: [...of("before"), ...of("after")] } : { auto_pad: padding }),
        },
      };
    });

/** Whether strides are as large as the kernel at most, where padding is automatic: the runtime has no others in pools and in transposed convolutions. */
export const isCovering = ({ axes, attributes }: WindowCase): boolean =>
  !("auto_pad" in attributes) || axes.every(({ kernel, stride }) => stride <= kernel);
