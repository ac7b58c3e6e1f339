import fc from "fast-check";
import { expect, test } from "vitest";
import { backwardModel } from "./caseModels.js";
import { type Cases, derived, distinctValues, seeds, sizes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { gradientsOf } from "./gradientsOf.js";
import type { Derived, NodeCase } from "./nodeCase.js";
import { isCovering, type WindowCase, windowCases } from "./windows.js";

/** A window, an image that fits it, and whether the sizes have names. */
interface Pooled {
  readonly window: WindowCase;
  readonly dims: readonly number[];
  readonly ceil: boolean;
  readonly seed: number;
  readonly named: boolean;
}

/** Before `ceilSince` the attribute did not exist, nor dilations before `dilatedSince`. */
const pooled = (
  opset: number,
  {
    ceilSince,
    dilatedSince,
    namedSince,
  }: Record<"ceilSince" | "dilatedSince" | "namedSince", number>,
): fc.Arbitrary<Pooled> =>
  fc
    .record({
      window: windowCases({ dilated: opset >= dilatedSince }),
      batch: fc.integer({ min: 0, max: 2 }),
      channels: fc.integer({ min: 1, max: 2 }),
      ceil: opset >= ceilSince ? fc.boolean() : fc.constant(false),
      seed: seeds,
      named: opset >= namedSince ? fc.boolean() : fc.constant(false),
    })
    .filter(({ window }) => isCovering(window))
    .map(({ window, batch, channels, ceil, seed, named }) => ({
      window,
      dims: [batch, channels, ...window.space],
      ceil: ceil && mayRoundUp(window),
      seed,
      // Where sizes are rounded up, only known ones say how many windows there are.
      named: named && batch > 0 && !ceil,
    }));

const isAutomatic = ({ attributes }: WindowCase): boolean => "auto_pad" in attributes;

/** Whether the last window begins inside, if sizes are rounded up: runtimes infer other sizes if it does not, than they give. */
const mayRoundUp = (window: WindowCase): boolean =>
  !isAutomatic(window) &&
  window.axes.every(({ kernel, stride, dilation, before, after }, axis) => {
    const size = window.space[axis];
    const room = size + before + after - (kernel - 1) * dilation - 1;
    return Math.ceil(room / stride) * stride < size + before;
  });

const attributesOf = ({ window, ceil }: Pooled) => ({
  ...window.attributes,
  kernel_shape: window.kernel,
  ...(ceil && { ceil_mode: 1 }),
});

const largest: Cases = (opset) =>
  fc
    .tuple(pooled(opset, { ceilSince: 10, dilatedSince: 10, namedSince: 16 }), fc.nat(1))
    .map(([pool, order]) => ({
      named: pool.named,
      attributes: { ...attributesOf(pool), ...(opset >= 8 && { storage_order: order }) },
      inputs: [distinct(pool.seed, pool.dims)],
    }));

const means: Cases = (opset) =>
  fc
    .tuple(pooled(opset, { ceilSince: 10, dilatedSince: 19, namedSince: 13 }), fc.nat(1))
    .map(([pool, counted]) => ({
      named: pool.named,
      attributes: { ...attributesOf(pool), count_include_pad: counted },
      inputs: [derived(pool.seed, pool.dims)],
    }));

const norms: Cases = (opset) =>
  fc
    .tuple(
      pooled(opset, { ceilSince: 18, dilatedSince: 18, namedSince: 13 }),
      fc.integer({ min: 1, max: 3 }),
    )
    .map(([pool, p]) => ({
      named: pool.named,
      attributes: { ...attributesOf(pool), p },
      inputs: [derived(pool.seed, pool.dims, { from: 0.7, to: 2 })],
    }));

/** All of space, of any rank; the batch alone may be empty. */
const whole =
  (
    values: (seed: number, dims: readonly number[]) => Derived,
    attributes: fc.Arbitrary<NodeCase["attributes"]> = fc.constant(undefined),
  ): Cases =>
  () =>
    fc
      .record({
        dims: fc
          .tuple(sizes, fc.integer({ min: 1, max: 2 }))
          .chain((lead) =>
            fc
              .array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 })
              .map((space) => [...lead, ...space]),
          ),
        seed: seeds,
        named: fc.boolean(),
        attributes,
      })
      .map(({ dims, seed, ...rest }) => ({ ...rest, inputs: [values(seed, dims)] }));

const distinct = (seed: number, dims: readonly number[]): Derived => ({
  dims,
  values: distinctValues(seed, [dims.reduce((all, size) => all * size, 1)])[0],
});

const type = "float32";
gradientLaw("MaxPool", {
  opsets: [7, 8, 10, 11, 12, 16, 22],
  type,

  runs: 20,
  cases: largest,
});
gradientLaw("AveragePool", { opsets: [7, 10, 11, 13, 19, 22], type, runs: 20, cases: means });
// Norms of orders 1 to 3 have fifth derivatives below 4000 where entries are at least 0.7.
gradientLaw("LpPool", { opsets: [7, 11, 18, 22], type, fifth: 4000, runs: 20, cases: norms });
gradientLaw("GlobalAveragePool", { opsets: [7, 13, 22], type, cases: whole(derived) });
gradientLaw("GlobalMaxPool", { opsets: [7, 11, 22], type, cases: whole(distinct) });
// Norms of orders 1 to 3 have fifth derivatives below 4000 where entries are at least 0.7.
gradientLaw("GlobalLpPool", {
  opsets: [7, 13, 18],
  type,
  fifth: 4000,
  cases: whole(
    (seed, dims) => derived(seed, dims, { from: 0.7, to: 2 }),
    fc.integer({ min: 1, max: 3 }).map((p) => ({ p })),
  ),
});

test.each([7, 12, 16])(
  "MaxPool at opset %d: of equal entries the first has the gradient",
  async (opset) => {
    const node = {
      inputs: [{ dims: [1, 1, 4], values: [2, 2, 1, 2] }],
      attributes: { kernel_shape: [2] },
    };
    const dy = { dims: [1, 1, 3], values: [1, 10, 100] };
    expect(await gradientsOf({ opType: "MaxPool", opset, type }, node, dy)).toEqual([
      [1, 10, 0, 100],
    ]);
  },
);

test.each([7, 11, 12, 16])(
  "MaxPool at opset %d: of equal entries over two axes the first has the gradient",
  async (opset) => {
    const x = { dims: [1, 1, 3, 3], values: [1, 3, 3, 3, 2, 0, 3, 3, 3] };
    const node = { inputs: [x], attributes: { kernel_shape: [2, 2] } };
    const dy = { dims: [1, 1, 2, 2], values: [1, 10, 100, 1000] };
    expect(await gradientsOf({ opType: "MaxPool", opset, type }, node, dy)).toEqual([
      [0, 11, 0, 100, 0, 0, 0, 1000, 0],
    ]);
  },
);

test.each(
  [7, 11, 12, 18].flatMap((opset) =>
    ["AveragePool", "LpPool", "MaxPool"].map((opType) => [opType, opset] as const),
  ),
)(
  "%s at opset %d: the constants of its gradient are no larger than three images",
  (opType, opset) => {
    const dims = [1, 1, 64, 84];
    const node = {
      inputs: [{ dims, values: new Array<number>(64 * 84).fill(1) }],
      attributes: { kernel_shape: [60, 80] },
    };
    const { graph } = backwardModel({ opType, opset, type }, node, [[1, 1, 5, 5]]);
    const sizes = graph.initializer.map((tensor) =>
      tensor.dims.reduce((product, size) => product * Number(size), 1),
    );
    const entries = sizes.reduce((sum, size) => sum + size, 0);
    expect(entries).toBeLessThanOrEqual(3 * 64 * 84);
  },
);

test("MaxPool: before opset 16 overlapping windows need known sizes", () => {
  const node = {
    named: true,
    inputs: [{ dims: [1, 1, 4], values: [4, 3, 2, 1] }],
    attributes: { kernel_shape: [3], strides: [2] },
  };
  expect(() => backwardModel({ opType: "MaxPool", opset: 15, type }, node, [[1, 1, 1]])).toThrow(
    "gradientModel: tensor x0 must have known sizes at opset 15, got some that are not (opset 16 or later reads them at the run)",
  );
});

test("Conv: before opset 13 strides over unknown sizes cannot be taken back", () => {
  const node = {
    named: [0],
    inputs: [
      { dims: [1, 1, 4], values: [4, 3, 2, 1] },
      { dims: [1, 1, 2], values: [1, 1] },
    ],
    attributes: { strides: [2] },
  };
  expect(() => backwardModel({ opType: "Conv", opset: 12, type }, node, [[1, 1, 2]])).toThrow(
    "gradientModel: tensor x0 must have known sizes at opset 12, got some that are not (opset 13 or later reads them at the run)",
  );
});
