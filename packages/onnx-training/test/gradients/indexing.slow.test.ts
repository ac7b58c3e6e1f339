import { drawUniform } from "@dropoutkit/core/adapter";
import fc from "fast-check";
import { type Cases, derived, distinctValues, seeds, shapes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { bools, indices, ints } from "./nodeCase.js";

interface Range {
  /** Sizes of the axes that the last axis of the indices counts in, or of the only one. */
  readonly sizes: readonly number[];
  readonly fromEnd: boolean;
}

/** Random indices below sizes, from either end where the version may; repetitions are likely. */
const drawIndices = (
  seed: number,
  dims: readonly number[],
  { sizes, fromEnd }: Range,
): readonly number[] =>
  Array.from(drawUniform({ seed, site: "indices", step: 0, shape: dims }), (u, at) => {
    const size = sizes[at % sizes.length];
    const index = Math.floor(u * size);
    return fromEnd && u * size - index < 0.5 ? index - size : index;
  });

/** Shapes without an axis of size 0, which has no index. */
const filled = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });

const gathered: Cases = (opset) =>
  fc
    .record({ dims: shapes(1), at: shapes(), seed: seeds, named: fc.boolean() })
    .filter(({ dims, at }) => dims.some(Boolean) && (opset >= 14 || ![...dims, ...at].includes(0)))
    .chain(({ dims, at, seed, named }) =>
      fc
        .constantFrom(...dims.keys())
        .filter((axis) => dims[axis] > 0)
        .map((axis) => ({
          named: named && opset >= 11,
          attributes: { axis: opset >= 11 && seed % 2 === 0 ? axis - dims.length : axis },
          inputs: [
            derived(seed, dims),
            indices(at, drawIndices(seed, at, { sizes: [dims[axis]], fromEnd: true })),
          ],
        })),
    );

/** Indices along an axis, fewer than X has along the others. */
const alongAxis = fc
  .record({ dims: filled, seed: seeds, named: fc.boolean(), count: fc.integer({ min: 1, max: 4 }) })
  .chain(({ dims, seed, named, count }) =>
    fc.record({ axis: fc.nat(dims.length - 1), fewer: fc.boolean() }).map(({ axis, fewer }) => {
      const at = dims.map((size, i) => (i === axis ? count : size - (fewer && size > 1 ? 1 : 0)));
      return { dims, seed, named, axis, at };
    }),
  );

const gatheredElements: Cases = () =>
  alongAxis.map(({ dims, seed, named, axis, at }) => ({
    named,
    attributes: { axis: seed % 2 === 0 ? axis - dims.length : axis },
    inputs: [
      derived(seed, dims),
      indices(at, drawIndices(seed, at, { sizes: [dims[axis]], fromEnd: true })),
    ],
  }));

/** Places that each name the first axes, behind those that X and the indices share. */
const places = (batched: boolean) =>
  fc
    .record({
      dims: filled,
      lead: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
      seed: seeds,
    })
    .chain(({ dims, lead, seed }) =>
      fc.nat(batched ? dims.length - 1 : 0).chain((batch) =>
        fc.integer({ min: 1, max: dims.length - batch }).map((depth) => ({
          dims,
          seed,
          batch,
          depth,
          at: [...dims.slice(0, batch), ...lead, depth],
        })),
      ),
    );

const gatheredSlices: Cases = (opset) =>
  fc.record({ place: places(opset >= 12), named: fc.boolean() }).map(({ place, named }) => {
    const { dims, seed, batch, depth, at } = place;
    const sizes = dims.slice(batch, batch + depth);
    return {
      named,
      attributes: batch > 0 ? { batch_dims: batch } : undefined,
      inputs: [derived(seed, dims), indices(at, drawIndices(seed, at, { sizes, fromEnd: true }))],
    };
  });

gradientLaw("Gather", { opsets: [7, 11, 13, 16], cases: gathered });
gradientLaw("GatherElements", { opsets: [11, 13, 16], cases: gatheredElements });
gradientLaw("GatherND", { opsets: [11, 12, 13, 16], cases: gatheredSlices });

/** The reductions of a version; without one no place may be named twice. */
const reductionsAt = (opset: number): readonly string[] => [
  "none",
  ...(opset >= 16 ? ["add", "mul"] : []),
  ...(opset >= 18 ? ["max", "min"] : []),
];

const sizeOf = (dims: readonly number[]): number =>
  dims.reduce((product, size) => product * size, 1);

/** Data and values with which the largest is one, and 0 is among the factors. */
function entries(seed: number, reduction: string, dims: readonly (readonly number[])[]) {
  if (reduction === "max" || reduction === "min") {
    const values = distinctValues(seed, dims.map(sizeOf));
    return dims.map((shape, i) => ({ dims: shape, values: values[i] }));
  }
  return dims.map((shape, i) => {
    const { values } = derived(seed + i, shape);
    const factors = values.map((value) => (Math.abs(value) < 0.5 ? 0 : value));
    return { dims: shape, values: reduction === "mul" ? factors : values };
  });
}

const scatteredElements: Cases = (opset) =>
  fc
    .record({ place: alongAxis, reduction: fc.constantFrom(...reductionsAt(opset)) })
    .map(({ place, reduction }) => {
      const { dims, seed, named, axis } = place;
      const at = reduction === "none" ? dims : place.at;
      const drawn =
        reduction === "none"
          ? Array.from({ length: sizeOf(at) }, (_, i) => {
              const inner = sizeOf(at.slice(axis + 1));
              return (Math.floor(i / inner) + seed) % at[axis];
            })
          : drawIndices(seed, at, { sizes: [dims[axis]], fromEnd: true });
      const [data, values] = entries(seed, reduction, [dims, at]);
      return {
        named,
        attributes: { axis, ...(reduction !== "none" && { reduction }) },
        inputs: [data, indices(at, drawn), values],
      };
    });

/** Before opset 11 nothing reads the places, so the values are fed. */
function scatteredAround(opset: number): ReturnType<Cases> {
  return scatteredElements(opset).map((node) => {
    const [data, at, values] = node.inputs;
    if (values === "" || !("values" in values)) return node;
    const feed = {
      type: "float64",
      data: Float64Array.from(values.values),
      dims: values.dims,
    } as const;
    return { ...node, inputs: [data, at, { feed }] };
  });
}

const scatteredSlices: Cases = (opset) =>
  fc
    .record({
      place: places(false),
      reduction: fc.constantFrom(...reductionsAt(opset)),
      named: fc.boolean(),
    })
    .map(({ place, reduction, named }) => {
      const { dims, seed, depth } = place;
      const at = reduction === "none" ? [depth] : place.at;
      const sizes = dims.slice(0, depth);
      const [data, values] = entries(seed, reduction, [
        dims,
        [...at.slice(0, -1), ...dims.slice(depth)],
      ]);
      return {
        named,
        attributes: reduction === "none" ? undefined : { reduction },
        inputs: [data, indices(at, drawIndices(seed, at, { sizes, fromEnd: true })), values],
      };
    });

// A product of up to five factors below 2 in size.
gradientLaw("ScatterElements", { opsets: [11, 13, 16, 18], ulps: 64, cases: scatteredElements });
gradientLaw("ScatterND", { opsets: [11, 13, 16, 18], ulps: 64, cases: scatteredSlices });
gradientLaw("Scatter", { opsets: [9], cases: scatteredAround });

const compressed: Cases = () =>
  fc
    .record({ dims: filled, seed: seeds, named: fc.boolean(), flat: fc.boolean() })
    .chain(({ dims, seed, named, flat }) =>
      fc.nat(dims.length - 1).chain((axis) => {
        const length = flat ? sizeOf(dims) : dims[axis];
        return fc.array(fc.boolean(), { minLength: 1, maxLength: length }).map((kept) => ({
          named,
          attributes: flat ? undefined : { axis },
          inputs: [derived(seed, dims), bools([kept.length], kept)],
        }));
      }),
    );

gradientLaw("Compress", { opsets: [11, 13], cases: compressed });

const topped: Cases = (opset) =>
  fc
    .record({ dims: filled, seed: seeds, named: fc.boolean(), largest: fc.boolean() })
    .chain(({ dims, seed, named, largest }) =>
      fc.nat(dims.length - 1).chain((axis) =>
        fc.integer({ min: 1, max: dims[axis] }).map((k) => {
          const x = { dims, values: distinctValues(seed, [sizeOf(dims)])[0] };
          const along = opset >= 11 && seed % 2 === 0 ? axis - dims.length : axis;
          return {
            named,
            outputs: 2,
            read: [0],
            attributes: {
              axis: along,
              ...(opset < 10 && { k }),
              ...(opset >= 11 && { largest: Number(largest) }),
            },
            inputs: opset < 10 ? [x] : [x, ints([k])],
          };
        }),
      ),
    );

gradientLaw("TopK", { opsets: [9, 10, 11, 24], type: "float32", cases: topped });

/** Indices of which some are out of the range, where the version makes them "off" throughout. */
const hot: Cases = (opset) =>
  fc
    .record({
      dims: filled,
      depth: fc.integer({ min: 1, max: 3 }),
      seed: seeds,
      named: fc.boolean(),
    })
    .chain(({ dims, depth, seed, named }) =>
      fc.integer({ min: -1, max: dims.length }).map((axis) => ({
        named,
        attributes: { axis },
        inputs: [
          indices(dims, drawIndices(seed, dims, { sizes: [depth + 1], fromEnd: opset >= 11 })),
          ints([depth]),
          derived(seed, [2]),
        ],
      })),
    );

gradientLaw("OneHot", { opsets: [9, 11, 18], type: "float32", cases: hot });

/** Up to five numbers; the limit lies between two steps. */
const ranges: Cases = () =>
  fc.record({ count: fc.nat(5), seed: seeds, down: fc.boolean() }).map(({ count, seed, down }) => {
    const [start, size] = derived(seed, [2], { from: 0.5, to: 1.5 }).values;
    const delta = down ? -size : size;
    const limit = start + (count - 0.5) * delta;
    return {
      beside: true,
      inputs: [start, limit, delta].map((value) => ({ dims: [], values: [Math.fround(value)] })),
    };
  });

gradientLaw("Range", { opsets: [11, 18], cases: ranges });
