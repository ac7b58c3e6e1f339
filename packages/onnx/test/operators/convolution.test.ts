import fc from "fast-check";
import { opsets, shapes } from "./arbitraries.js";
import { floats, ints, type OneNode, testOperators } from "./testOperators.js";

/** A window over one or two axes of space, and values that it fits into. */
const windows = fc.integer({ min: 1, max: 2 }).chain((rank) => {
  const list = (min: number, max: number, length = rank): fc.Arbitrary<number[]> =>
    fc.array(fc.integer({ min, max }), { minLength: length, maxLength: length });
  return fc.record({
    kernel: list(1, 3),
    strides: list(1, 3),
    dilations: list(1, 2),
    pads: list(0, 2, 2 * rank),
    space: list(5, 9),
    autoPad: fc.constantFrom("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"),
    batch: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 2 }),
  });
});

type Window = typeof windows extends fc.Arbitrary<infer T> ? T : never;

/** The runtime takes dilations with SAME as 1, so they are not put together here; pads go with NOTSET. */
const attributesOf = ({ strides, pads, autoPad, dilations }: Window): OneNode["attributes"] =>
  autoPad === "NOTSET" ? { strides, pads, dilations } : { strides, auto_pad: autoPad };

testOperators(
  "Conv",
  fc.tuple(windows, opsets(7), fc.boolean()).map(([window, opset, isNamed]): OneNode => {
    const { batch, groups, kernel, space } = window;
    return {
      opset,
      opType: "Conv",
      attributes: {
        ...attributesOf(window),
        group: groups,
        ...(isNamed ? { kernel_shape: kernel } : {}),
      },
      inputs: [floats(batch, 2 * groups, ...space), floats(3 * groups, 2, ...kernel)],
    };
  }),
  { numRuns: 80 },
);

testOperators(
  "ConvTranspose",
  fc.tuple(windows, opsets(7), fc.boolean()).map(([window, opset, isNamed]): OneNode => {
    const { batch, groups, kernel, space, autoPad, strides } = window;
    // Which padding SAME takes of a kernel smaller than the stride is not agreed on.
    const isSmall = kernel.some((size, i) => size < strides[i]);
    const attributes = attributesOf(
      autoPad.startsWith("SAME") && isSmall ? { ...window, autoPad: "VALID" } : window,
    );
    return {
      opset,
      opType: "ConvTranspose",
      attributes: {
        ...attributes,
        group: groups,
        ...(isNamed
          ? { kernel_shape: kernel, output_padding: strides.map((size) => size - 1) }
          : {}),
      },
      inputs: [floats(batch, 2 * groups, ...space), floats(2 * groups, 3, ...kernel)],
    };
  }),
  { numRuns: 60 },
);

testOperators(
  "MaxPool, AveragePool, LpPool: padded, dilated, rounded up",
  fc
    .tuple(windows, opsets(10), fc.constantFrom("MaxPool", "AveragePool", "LpPool"), fc.boolean())
    .map(([window, opset, opType, ceil]): OneNode => {
      const { batch, kernel, space, dilations } = window;
      // The runtime refuses SAME where a stride jumps over values.
      const jumps = window.strides.some((stride, i) => stride > kernel[i]);
      const autoPad = jumps ? "NOTSET" : window.autoPad;
      const { strides } = window;
      const knowsCeil = opType !== "LpPool" || opset >= 18;
      const knowsDilations = opType === "MaxPool" || opset >= (opType === "LpPool" ? 18 : 19);
      // Padding is smaller than the kernel.
      const pads = window.pads.map((pad, i) => Math.min(pad, kernel[i % kernel.length] - 1));
      return {
        opset,
        opType,
        attributes: {
          strides,
          kernel_shape: kernel,
          ...(autoPad === "NOTSET" ? { pads } : { auto_pad: autoPad }),
          ...(knowsCeil && autoPad === "NOTSET" ? { ceil_mode: Number(ceil) } : {}),
          ...(knowsDilations && autoPad === "NOTSET" ? { dilations } : {}),
        },
        inputs: [floats(batch, 2, ...space)],
        outputs: opType === "MaxPool" && kernel.length === 2 ? 2 : 1,
      };
    }),
  // Kernels of two versions add up to 9 floats below 2 in another order: 9 · 2 · 2^-24, and twice that for a power.
  { numRuns: 120, rounding: 2 ** -18 },
);

testOperators(
  "global pools, LpPool's and MaxUnpool's default, Col2Im",
  shapes(4, 4).chain((dims) =>
    fc.constantFrom<OneNode>(
      { opset: 7, opType: "GlobalAveragePool", inputs: [floats(...dims)] },
      { opset: 7, opType: "GlobalMaxPool", inputs: [floats(...dims)] },
      { opset: 7, opType: "GlobalLpPool", inputs: [floats(...dims)] },
      {
        opset: 11,
        opType: "MaxUnpool",
        attributes: { kernel_shape: [2, 2], strides: [2, 2] },
        inputs: [
          floats(...dims),
          {
            type: "int64",
            dims,
            data:
              dims.length > 0 ? Array.from({ length: dims.reduce((a, b) => a * b) }, () => 0) : [],
          },
        ],
      },
      {
        opset: 18,
        opType: "Col2Im",
        inputs: [floats(dims[0], dims[1] * 6, 9), ints(4, 5), ints(2, 3)],
        attributes: {},
      },
    ),
  ),
  { newest: 21 },
);

testOperators(
  "RoiAlign",
  fc.tuple(shapes(4, 4), opsets(10, 21)).map(
    ([dims, opset]): OneNode => ({
      opset,
      opType: "RoiAlign",
      attributes: { output_height: 3, output_width: 2 },
      inputs: [floats(...dims), floats(4, 4), { type: "int64", dims: [4], data: [0, 0, 0, 0] }],
    }),
  ),
  { newest: 21 },
);

testOperators(
  "ConvInteger, QLinearConv, DeformConv, MaxRoiPool",
  fc
    .tuple(shapes(3, 3), opsets(19, 21))
    .map(([[batch, height, width], opset]): OneNode[] => {
      const space = [height + 4, width + 4];
      const byte = (...dims: number[]) => ({ type: "uint8", dims }) as const;
      const scale = floats();
      const strides = [2, 1];
      const quantised = [byte(batch, 2, ...space), scale, byte(), byte(3, 2, 3, 3), scale, byte()];
      const offset = floats(batch, 18, height + 2, width + 2);
      return [
        {
          opset,
          opType: "ConvInteger",
          attributes: { strides },
          inputs: [byte(batch, 2, ...space), byte(3, 2, 3, 3)],
        },
        {
          opset,
          opType: "QLinearConv",
          attributes: { strides },
          inputs: [...quantised, scale, byte()],
        },
        {
          opset,
          opType: "DeformConv",
          attributes: { kernel_shape: [3, 3] },
          inputs: [floats(batch, 2, ...space), floats(3, 2, 3, 3), offset],
        },
        {
          opset,
          opType: "MaxRoiPool",
          attributes: { pooled_shape: [3, 2] },
          inputs: [floats(batch, 2, ...space), { ...floats(1, 5), data: [0, 0, 0, 2, 2] }],
        },
      ];
    })
    .chain((nodes) => fc.constantFrom(...nodes)),
  { newest: 21 },
);
