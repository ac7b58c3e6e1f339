import fc from "fast-check";
import { type Cases, derived, seeds, shapes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { indices, ints } from "./nodeCase.js";

/** Bounds beyond the ends, from either of them; steps and axes may be left out, and lists may be fed. */
const sliced: Cases = (opset) =>
  fc
    .record({
      dims: shapes(1),
      seed: seeds,
      named: fc.boolean(),
      fed: fc.boolean(),
      all: fc.boolean(),
      plain: fc.boolean(),
    })
    .filter(({ dims, named }) => opset >= 14 || (!dims.includes(0) && (opset >= 11 || !named)))
    .chain(({ dims, seed, named, fed, all, plain }) => {
      // With a negative step the runtime takes the largest number for the start, not the end.
      const beyond = plain || opset < 11 ? [2 ** 31 - 1] : [];
      return fc
        .record({
          axes: all ? fc.constant([...dims.keys()]) : fc.shuffledSubarray([...dims.keys()]),
          starts: fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 3, maxLength: 3 }),
          ends: fc.array(fc.constantFrom(-3, -1, 1, 2, 3, ...beyond), {
            minLength: 3,
            maxLength: 3,
          }),
          steps: fc.array(fc.constantFrom(1, 2, -1, -2), { minLength: 3, maxLength: 3 }),
        })
        .filter(({ axes }) => axes.length > 0)
        .map(({ axes, starts, ends, steps }) => {
          const lists = [starts, ends].map((list) => list.slice(0, axes.length));
          const x = derived(seed, dims);
          if (opset < 10) {
            const [first, last] = lists;
            return {
              named,
              attributes: { starts: first, ends: last, ...(!all && { axes }) },
              inputs: [x],
            };
          }
          const given = (list: readonly number[]) =>
            fed && opset >= 11 ? indices([list.length], list) : ints(list);
          const axesList = all
            ? ""
            : given(axes.map((axis) => axis - (opset >= 11 ? dims.length : 0)));
          const more = plain || opset < 11 ? [] : [given(steps.slice(0, axes.length))];
          return {
            named,
            inputs: [
              x,
              ...lists.map(given),
              ...(all && more.length === 0 ? [] : [axesList]),
              ...more,
            ],
          };
        });
    });

gradientLaw("Slice", { opsets: [7, 10, 11, 13, 16], cases: sliced });
