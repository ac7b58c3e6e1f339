import fc from "fast-check";
import { axes, axis, broadcastable, opsets, shapes } from "./arbitraries.js";
import { floats, ints, type OneNode, testOperators } from "./testOperators.js";

const product = (dims: readonly number[]): number => dims.reduce((size, dim) => size * dim, 1);

testOperators(
  "Flatten, Transpose",
  shapes(1, 4).chain((dims) =>
    fc.oneof(
      fc.record<OneNode>({
        opset: opsets(11),
        opType: fc.constant("Flatten"),
        inputs: fc.constant([floats(...dims)]),
        attributes: fc.integer({ min: -dims.length, max: dims.length }).map((at) => ({ axis: at })),
      }),
      fc.record<OneNode>({
        opset: opsets(7),
        opType: fc.constant("Transpose"),
        inputs: fc.constant([floats(...dims)]),
        attributes: fc
          .shuffledSubarray([...dims.keys()], { minLength: dims.length })
          .map((perm) => ({ perm })),
      }),
      fc.constant<OneNode>({ opset: 7, opType: "Transpose", inputs: [floats(...dims)] }),
      fc.constant<OneNode>({ opset: 7, opType: "Flatten", inputs: [floats(...dims)] }),
    ),
  ),
  { numRuns: 40 },
);

testOperators(
  "Reshape",
  fc
    .tuple(shapes(1, 4), fc.nat(3), fc.nat(3), fc.nat(1), opsets(7))
    .map(([dims, free, kept, split, opset]) => {
      // Sizes are joined at one place, and then one is left free and one is copied.
      const joined = split === 0 ? dims : [...dims.slice(0, -2), product(dims.slice(-2))];
      const sizes = joined.map((dim, i) =>
        i === free ? -1 : i === kept && dim === dims[i] ? 0 : dim,
      );
      return { opset, opType: "Reshape", inputs: [floats(...dims), ints(...sizes)] };
    }),
  { numRuns: 50 },
);

testOperators(
  "Squeeze, Unsqueeze: axes as an attribute, since opset 13 as an input",
  fc.tuple(shapes(1, 3), opsets(11)).chain(([dims, opset]) =>
    fc.tuple(axes(dims.length + 1, 1), fc.boolean()).map(([taken, squeezes]): OneNode => {
      const isTaken = [...dims, 0].map(
        (_, i) => taken.includes(i) || taken.includes(i - dims.length - 1),
      );
      const rest = [...dims];
      const full = isTaken.map((is) => (is ? 1 : (rest.shift() ?? 1)));
      const data = floats(...(squeezes ? full : dims));
      const opType = squeezes ? "Squeeze" : "Unsqueeze";
      const isInput = opset >= 13;
      // A few axes and the tensor's own sizes do not always make a tensor of that rank.
      const rank = squeezes ? full.length : dims.length + taken.length;
      const named = taken
        .map((one) => (one < 0 ? one + dims.length + 1 : one))
        .filter((one) => one < rank);
      return {
        opset,
        opType,
        inputs: isInput ? [data, ints(...named)] : [data],
        attributes: isInput ? {} : { axes: named },
      };
    }),
  ),
  { numRuns: 60 },
);

testOperators(
  "Squeeze of all that is 1",
  fc.tuple(shapes(1, 4), opsets(7)).map(([dims, opset]) => ({
    opset,
    opType: "Squeeze",
    inputs: [floats(...dims)],
  })),
);

testOperators(
  "Expand, Tile",
  shapes(1, 4).chain((full) =>
    fc.oneof(
      fc.tuple(broadcastable(full), opsets(8)).map(
        ([dims, opset]): OneNode => ({
          opset,
          opType: "Expand",
          inputs: [floats(...dims), ints(...full)],
        }),
      ),
      opsets(7).map(
        (opset): OneNode => ({
          opset,
          opType: "Tile",
          inputs: [floats(...full), ints(...full.map((dim) => (dim % 3) + 1))],
        }),
      ),
    ),
  ),
  { numRuns: 40 },
);

testOperators(
  "Concat",
  fc.tuple(shapes(1, 4), opsets(11)).chain(([dims, opset]) =>
    fc
      .tuple(
        axis(dims.length),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
      )
      .map(
        ([at, sizes]): OneNode => ({
          opset,
          opType: "Concat",
          attributes: { axis: at },
          inputs: sizes.map((size) =>
            floats(...dims.map((dim, i) => (i === (at + dims.length) % dims.length ? size : dim))),
          ),
        }),
      ),
  ),
  { numRuns: 40 },
);

testOperators(
  "Split: equal parts, given parts as an attribute and since opset 13 as an input, a smaller last part since 18",
  fc
    .tuple(shapes(1, 3), opsets(7), fc.constantFrom("equal", "given", "count"))
    .chain(([dims, opset, how]) =>
      fc.nat(dims.length - 1).map((at): OneNode => {
        const make = (
          size: number,
          rest: Omit<OneNode, "opset" | "opType" | "inputs">,
          extra?: OneNode["inputs"],
        ): OneNode => ({
          opset,
          opType: "Split",
          inputs: [floats(...dims.map((dim, i) => (i === at ? size : dim))), ...(extra ?? [])],
          ...rest,
        });
        if (how === "given") {
          return opset < 13
            ? make(6, { attributes: { axis: at, split: [1, 2, 3] }, outputs: 3 })
            : make(6, { attributes: { axis: at - dims.length }, outputs: 3 }, [ints(1, 2, 3)]);
        }
        if (opset < 18) return make(6, { attributes: { axis: at }, outputs: 2 });
        return make(how === "count" ? 7 : 6, {
          attributes: { axis: at, num_outputs: 3 },
          outputs: 3,
        });
      }),
    ),
  { numRuns: 60 },
);

testOperators(
  "Pad: as an attribute, an input, and by axes",
  fc.tuple(shapes(1, 4), opsets(7)).chain(([dims, opset]) =>
    fc
      .tuple(
        fc.array(fc.nat(2), { minLength: 2 * dims.length, maxLength: 2 * dims.length }),
        axes(dims.length, 1),
      )
      .map(([pads, some]): OneNode => {
        const data = floats(...dims);
        if (opset < 11) {
          const attributes = { pads, value: { float: pads[0] } };
          return { opset, opType: "Pad", inputs: [data], attributes };
        }
        if (opset < 18) return { opset, opType: "Pad", inputs: [data, ints(...pads)] };
        const sides = ints(...pads.slice(0, some.length), ...pads.slice(-some.length));
        return { opset, opType: "Pad", inputs: [data, sides, null, ints(...some)] };
      }),
  ),
  { numRuns: 50 },
);

testOperators(
  "DepthToSpace, SpaceToDepth",
  fc.tuple(shapes(4, 4), opsets(11), fc.constantFrom("DepthToSpace", "SpaceToDepth")).map(
    ([[batch, channels, height, width], opset, opType]): OneNode => ({
      opset,
      opType,
      attributes: { blocksize: 2 },
      inputs: [floats(batch, channels * 4, height * 2, width * 2)],
    }),
  ),
);
