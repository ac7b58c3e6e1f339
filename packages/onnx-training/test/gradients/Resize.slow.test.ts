import { makeTensor } from "@dropoutkit/onnx/graph";
import fc from "fast-check";
import { expect, test } from "vitest";
import { numbersOf, openModel } from "../runtime/runModel.js";
import { backwardModel, feedsOf, forwardModel, floats as tensor } from "./caseModels.js";
import { type Cases, derived, seeds } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { ints, type NodeCase, type NodeInput } from "./nodeCase.js";

interface Image {
  readonly mode: "nearest" | "linear" | "cubic";
  readonly rank: number;
  readonly axes: readonly number[];
}

/** What the runtime interpolates: all of a small tensor, or the space of images with channels first or last. */
const images: fc.Arbitrary<Image> = fc.constantFrom(
  { mode: "nearest", rank: 1, axes: [0] },
  { mode: "nearest", rank: 3, axes: [0, 2] },
  { mode: "nearest", rank: 4, axes: [2, 3] },
  { mode: "nearest", rank: 5, axes: [1, 4] },
  { mode: "linear", rank: 2, axes: [0, 1] },
  { mode: "linear", rank: 3, axes: [0, 1, 2] },
  { mode: "linear", rank: 4, axes: [2, 3] },
  { mode: "linear", rank: 4, axes: [1, 2] },
  { mode: "linear", rank: 5, axes: [2, 3, 4] },
  { mode: "cubic", rank: 2, axes: [0, 1] },
  { mode: "cubic", rank: 4, axes: [2, 3] },
);

const size = fc.integer({ min: 1, max: 3 });
const lists = <T>(entry: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(entry, { minLength: 5, maxLength: 5 });

const floats = (values: readonly number[]): NodeInput => ({
  constant: (name) =>
    makeTensor({ name, type: "float32", dims: [values.length], data: Float32Array.from(values) }),
});

/** A list that the model computes; here it is fed. */
const fed = (values: readonly number[]): NodeInput => ({
  feed: { type: "float32", data: Float32Array.from(values), dims: [values.length] },
});

/** Scales of 1, and others along the image's axes. */
const scalesOf = ({ rank, axes }: Image, scales: readonly number[]): number[] =>
  Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? scales[axis] : 1));

/** Upsample, whose scales are an attribute until opset 8, and the first Resize, which makes images smaller too. */
const scaled: Cases = (opset) =>
  fc
    .record({
      image: images.filter(({ mode }) => mode !== "cubic"),
      dims: lists(size),
      scales: lists(fc.constantFrom(1, 1.2, 1.5, 2, 3, ...(opset < 10 ? [] : [0.4, 0.7]))),
      known: knownAt(opset),
      seed: seeds,
    })
    .map(({ image, dims, scales, known, seed }): NodeCase => {
      const { mode } = image;
      const x = derived(seed, dims.slice(0, image.rank));
      const list = scalesOf(image, scales);
      if (opset < 9) return { inputs: [x], attributes: { mode, scales: { floats: list } } };
      const { named, isFed } = isEmpty(x.dims, list) ? all : known;
      return { named, inputs: [x, isFed ? fed(list) : floats(list)], attributes: { mode } };
    });

/** What the model tells before it runs. */
const all = { named: false, isFed: false } as const;
const knownAt = (
  opset: number,
): fc.Arbitrary<{ readonly named: boolean; readonly isFed: boolean }> =>
  opset < 9 ? fc.constant(all) : fc.record({ named: fc.boolean(), isFed: fc.boolean() });

/** Of an empty image the rule must know, since the runtime leaves sums of nothing unwritten. */
const isEmpty = (dims: readonly number[], scales: readonly number[]): boolean =>
  dims.some((size, axis) => Math.floor(Math.fround(size * Math.fround(scales[axis]))) === 0);

const coordinates = (opset: number): fc.Arbitrary<string> =>
  fc.constantFrom(
    "half_pixel",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_crop_and_resize",
    ...(opset < 13 ? ["tf_half_pixel_for_nn"] : []),
    ...(opset < 19 ? [] : ["half_pixel_symmetric"]),
  );

const nearest = fc.constantFrom("round_prefer_floor", "round_prefer_ceil", "floor", "ceil");

/** Any mode, of scales or sizes; from opset 18 on for named axes, and smoothed. */
const resized: Cases = (opset) =>
  fc
    .record({
      image: images,
      dims: lists(size),
      scales: lists(fc.constantFrom(0.4, 0.7, 1, 1.2, 2, 3)),
      sizes: fc.option(lists(fc.integer({ min: 1, max: 4 })), { nil: undefined }),
      region: lists(fc.constantFrom([0, 1], [0.2, 0.7], [-0.3, 1.2])),
      coordinates: coordinates(opset),
      nearest,
      antialias: fc.nat(opset < 18 ? 0 : 1),
      excludes: fc.nat(1),
      hasAxes: opset < 18 ? fc.constant(false) : fc.boolean(),
      known: knownAt(opset),
      seed: seeds,
    })
    .map(({ image, dims, known, seed, ...given }): NodeCase => {
      const { mode, rank } = image;
      const x = derived(seed, dims.slice(0, rank));
      const axes = given.hasAxes ? [...image.axes].reverse() : x.dims.map((_, axis) => axis);
      const whole = scalesOf(image, given.scales);
      const { named, isFed } = isEmpty(x.dims, whole) ? all : known;
      const list = isFed ? fed : floats;
      const region = [0, 1].flatMap((end) =>
        axes.map((axis) => (image.axes.includes(axis) ? given.region[axis][end] : end)),
      );
      const { sizes } = given;
      const absent = opset < 13 ? floats([]) : "";
      return {
        named,
        attributes: {
          mode,
          coordinate_transformation_mode: given.coordinates,
          extrapolation_value: { float: 7 },
          ...(mode === "nearest" && { nearest_mode: given.nearest }),
          ...(mode !== "nearest" && opset >= 18 && { antialias: given.antialias }),
          ...(mode === "cubic" && {
            exclude_outside: given.excludes,
            cubic_coeff_a: { float: -0.5 },
          }),
          ...(given.hasAxes && { axes }),
        },
        inputs: [
          x,
          given.coordinates === "tf_crop_and_resize" ? list(region) : absent,
          sizes ? absent : list(axes.map((axis) => whole[axis])),
          ...(sizes
            ? [ints(axes.map((axis) => (image.axes.includes(axis) ? sizes[axis] : x.dims[axis])))]
            : []),
        ],
      };
    });

gradientLaw("Upsample", { opsets: [7, 9], type: "float32", cases: scaled });
gradientLaw("Resize", { opsets: [10], type: "float32", cases: scaled });
gradientLaw("Resize", { opsets: [11, 13, 18, 19], type: "float32", runs: 30, cases: resized });

const LONG = 3000;

test.each(
  [16, 19].flatMap((opset) =>
    ["nearest", "linear", "cubic"].flatMap((mode) =>
      [1.5, 0.75].flatMap((scale) => [0, 1].map((turned) => [mode, opset, scale, turned] as const)),
    ),
  ),
)(
  "Resize %s at opset %d: along a long axis too it is the adjoint, scaled by %d, %d",
  async (mode, opset, scale, turned) => {
    const setting = { opType: "Resize", opset, type: "float32" } as const;
    const size = LONG * scale;
    const dims = (count: number) => (turned ? [1, 1, count, 2] : [1, 1, 2, count]);
    const scales = turned ? [1, 1, scale, 1] : [1, 1, 1, scale];
    const node = (values: readonly number[]) => ({
      inputs: [{ dims: dims(LONG), values }, "" as const, floats(scales)],
      attributes: { mode },
    });
    const { values } = derived(1, dims(size));
    const start = node(new Array<number>(2 * LONG).fill(0));
    const model = backwardModel(setting, start, [dims(size)]);
    // No matrix is made, whose entries are the square of the axis.
    expect(model.graph.node.map(({ opType }) => opType)).not.toContain("EyeLike");
    const dy0 = tensor("float32", { dims: dims(size), values });
    const results = await (await openModel(model))({ ...feedsOf(setting, start), dy0 });
    const gradient = numbersOf(results["x0.grad"]);
    const forward = await openModel(forwardModel(setting, start));
    for (const at of [0, 1, 2, 1777, 2998, 2999, 3000, 4001, 5997, 5998, 5999]) {
      const one = node(Array.from({ length: 2 * LONG }, (_, i) => Number(i === at)));
      const y = numbersOf((await forward(feedsOf(setting, one)))["y0.flat"]);
      const expected = y.reduce((sum, entry, i) => sum + entry * values[i], 0);
      // At most 12 products of numbers below 2, rounded to float32 as they are and as they are added.
      expect(Math.abs(gradient[at] - expected)).toBeLessThanOrEqual(12 * 24 * 2 ** -24);
    }
  },
);
