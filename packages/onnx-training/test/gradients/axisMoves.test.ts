import fc from "fast-check";
import { type Cases, derived, seeds, shapes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { ints, type NodeCase } from "./nodeCase.js";

/** Before opset 14 a Reshape copies sizes that are 0. */
const withoutEmpty = (opset: number) => (dims: readonly number[]) =>
  opset >= 14 || !dims.includes(0);

const sizedAt = (dims: readonly number[], axis: number, size: number): number[] =>
  dims.map((own, i) => (i === axis ? size : own));

const transposed: Cases = () =>
  fc.record({ dims: shapes(), seed: seeds, named: fc.boolean() }).chain(({ dims, seed, named }) =>
    fc
      .shuffledSubarray([...dims.keys()], { minLength: dims.length })
      .chain((perm) => fc.constantFrom({ perm }, undefined))
      .map((attributes) => ({
        named,
        attributes: dims.length > 0 ? attributes : undefined,
        inputs: [derived(seed, dims)],
      })),
  );

/** Axes as a node of the version takes them. */
const withAxes = (opset: number, x: NodeCase["inputs"][number], axes: readonly number[]) =>
  opset >= 13 ? { inputs: [x, ints(axes)] } : { inputs: [x], attributes: { axes } };

const unsqueezed: Cases = (opset) =>
  fc
    .record({ dims: shapes(), seed: seeds, named: fc.boolean(), fromEnd: fc.boolean() })
    .chain(({ dims, seed, named, fromEnd }) => {
      const rank = dims.length + 2;
      return fc.uniqueArray(fc.nat(rank - 1), { minLength: 2, maxLength: 2 }).map((axes) => {
        const list = fromEnd && opset >= 11 ? axes.map((axis) => axis - rank) : [...axes].sort();
        return { named, ...withAxes(opset, derived(seed, dims), list) };
      });
    });

const squeezed: Cases = (opset) =>
  fc
    .record({ seed: seeds, named: fc.boolean(), fromEnd: fc.boolean(), all: fc.boolean() })
    .chain(({ seed, named, fromEnd, all }) =>
      fc
        .array(fc.constantFrom(1, 2, 3, 0), { maxLength: 3 })
        .filter((dims) => !all || withoutEmpty(opset)(dims))
        .map((dims) => {
          const ones = dims.flatMap((size, axis) => (size === 1 ? [axis] : []));
          const list = fromEnd && opset >= 11 ? ones.map((axis) => axis - dims.length) : ones;
          const x = derived(seed, dims);
          // Which sizes are 1 is known only when the model runs if they are named.
          return all || ones.length === 0
            ? { named: false, inputs: [x] }
            : { named, ...withAxes(opset, x, list) };
        }),
    );

const concatenated: Cases = (opset) =>
  fc
    .record({
      dims: shapes(1),
      seed: seeds,
      named: opset >= 13 ? fc.boolean() : fc.constant(false),
    })
    .chain(({ dims, seed, named }) =>
      fc
        .record({
          axis: fc.nat(dims.length - 1),
          fromEnd: fc.boolean(),
          lengths: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
        })
        .map(({ axis, fromEnd, lengths }) => ({
          named,
          attributes: { axis: fromEnd && opset >= 11 ? axis - dims.length : axis },
          inputs: lengths.map((length, i) => derived(seed + i, sizedAt(dims, axis, length))),
        })),
    );

/** Parts that are named, or as many equal ones as there are outputs; the loss may do without some. */
const split: Cases = (opset) =>
  fc
    .record({
      dims: shapes(1),
      seed: seeds,
      equal: fc.boolean(),
      lengths: fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }),
      read: fc.boolean(),
    })
    .chain(({ dims, seed, equal, lengths, read }) =>
      fc
        .record({ axis: fc.nat(dims.length - 1), fromEnd: fc.boolean() })
        .map(({ axis, fromEnd }) => {
          const parts = equal ? lengths.map(() => 2) : lengths;
          const total = parts.reduce((sum, part) => sum + part, 0);
          const x = derived(seed, sizedAt(dims, axis, total));
          const isInput = opset >= 13 && !equal;
          return {
            outputs: parts.length,
            ...(read && { read: [parts.length - 1] }),
            attributes: {
              axis: fromEnd && opset >= 11 ? axis - dims.length : axis,
              ...(equal && opset >= 18 && { num_outputs: parts.length }),
              ...(!equal && opset < 13 && { split: parts }),
            },
            inputs: isInput ? [x, ints(parts)] : [x],
          };
        }),
    );

gradientLaw("Transpose", { opsets: [7, 13, 21, 24], cases: transposed });
gradientLaw("Unsqueeze", { opsets: [7, 11, 13, 21, 24], cases: unsqueezed });
gradientLaw("Squeeze", { opsets: [7, 11, 13, 21, 24], cases: squeezed });
gradientLaw("Concat", { opsets: [7, 11, 13, 18], cases: concatenated });
gradientLaw("Split", { opsets: [7, 11, 13, 18], cases: split });
