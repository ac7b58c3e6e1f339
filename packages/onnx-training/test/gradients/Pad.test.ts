import fc from "fast-check";
import { type Cases, derived, seeds, shapes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { indices, ints, type NodeInput } from "./nodeCase.js";

const list = (arbitrary: fc.Arbitrary<number>, length: number) =>
  fc.array(arbitrary, { minLength: length, maxLength: length });

/** Pads of either sign around zeros or another constant; since opset 18 axes may be named. */
const padded: Cases = (opset) =>
  fc
    .record({
      dims: shapes(1),
      seed: seeds,
      named: opset >= 11 ? fc.boolean() : fc.constant(false),
      value: fc.boolean(),
      fed: fc.boolean(),
    })
    .filter(({ dims }) => !dims.includes(0))
    .chain(({ dims, seed, named, value, fed }) =>
      fc
        .record({
          axes:
            opset >= 18
              ? fc.shuffledSubarray([...dims.keys()], { minLength: 1 })
              : fc.constant([...dims.keys()]),
          pads: list(fc.integer({ min: 0, max: 2 }), 2 * dims.length),
          crop: fc.boolean(),
        })
        .map(({ axes, pads, crop }) => {
          const x = derived(seed, dims);
          // What is cut off leaves something, and lies on the other side of what is added.
          const sizes = axes.map((axis) => dims[axis]);
          const before = sizes.map((size, i) => (crop && size > 1 ? -1 : pads[i]));
          const all = [...before, ...sizes.map((_, i) => pads[dims.length + i])];
          if (opset < 11) return { named, attributes: { pads: all }, inputs: [x] };
          const given = fed && !named ? indices([all.length], all) : ints(all);
          const more: NodeInput[] = value ? [derived(seed + 1, [])] : [""];
          return {
            named,
            inputs: [x, given, ...(opset >= 18 ? [...more, ints(axes)] : more)],
          };
        }),
    );

/** The entries at the ends again, mirrored, repeated, or from the other end. */
const repeated: Cases = (opset) =>
  fc
    .record({
      dims: fc.array(fc.integer({ min: 2, max: 3 }), { minLength: 1, maxLength: 3 }),
      seed: seeds,
      named: fc.boolean(),
      mode: fc.constantFrom("reflect", "edge", ...(opset >= 19 ? ["wrap"] : [])),
    })
    .chain(({ dims, seed, named, mode }) =>
      list(fc.nat(1), 2 * dims.length).map((pads) => ({
        named,
        attributes: { mode },
        inputs: [derived(seed, dims), ints(pads)],
      })),
    );

gradientLaw("Pad", { opsets: [7, 11, 13, 18, 19, 24], cases: padded });
gradientLaw("Pad", { opsets: [11, 13, 16, 18, 19, 24], cases: repeated });
