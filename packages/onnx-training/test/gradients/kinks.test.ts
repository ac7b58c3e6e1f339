import { expect, test } from "vitest";
import { gradientsOf } from "./gradientsOf.js";
import { ints } from "./nodeCase.js";

const single = "float32" as const;
const row = (...values: number[]) => ({ dims: [values.length], values });
const ones = (count: number) => row(...new Array<number>(count).fill(1));

test.each([
  ["Abs", 13, [-1, 0, 1], [-1, 0, 1]],
  ["Abs", 7, [-1, 0, 1], [-1, 0, 1]],
  ["Relu", 14, [-1, 0, 1], [0, 0, 1]],
  ["HardSigmoid", 22, [-2.5, 2.5], [0, 0]],
  ["ThresholdedRelu", 22, [1, 2], [0, 1]],
])("%s at opset %d: at its kinks %j the gradient is %j", async (opType, opset, x, expected) => {
  const setting = { opType, opset, type: single };
  const [gradient] = await gradientsOf(setting, { inputs: [row(...x)] }, ones(x.length));
  expect(gradient).toEqual(expected);
});

test("Relu: an infinite gradient of an entry that is not passed on is 0, not NaN", async () => {
  const setting = { opType: "Relu", opset: 14, type: single };
  const [gradient] = await gradientsOf(setting, { inputs: [row(-1, 1)] }, row(Infinity, Infinity));
  expect(gradient).toEqual([0, Infinity]);
});

test("Clip: on its bounds the gradient goes to X", async () => {
  const inputs = [row(-2, -1, 0, 1, 2), { dims: [], values: [-1] }, { dims: [], values: [1] }];
  const setting = { opType: "Clip", opset: 13, type: single };
  expect(await gradientsOf(setting, { inputs }, ones(5))).toEqual([[0, 1, 1, 1, 0], [1], [1]]);
});

test.each([8, 11, 13])(
  "Max and Min at opset %d: equal inputs share the gradient",
  async (opset) => {
    const inputs = [row(1, 2, 3), row(1, 2, 0), row(1, 0, 0)];
    const setting = { opType: "Max", opset, type: single };
    const third = Math.fround(1 / 3);
    expect(await gradientsOf(setting, { inputs }, ones(3))).toEqual([
      [third, 0.5, 1],
      [third, 0.5, 0],
      [third, 0, 0],
    ]);
    const least = await gradientsOf({ ...setting, opType: "Min" }, { inputs }, ones(3));
    expect(least.map(([, , last]) => last)).toEqual([0, 0.5, 0.5]);
  },
);

test.each(["ReduceMax", "ReduceMin"])("%s: equal entries share the gradient", async (opType) => {
  const node = { inputs: [row(2, 2, 2, 2), ints([0])], attributes: { keepdims: 0 } };
  const [gradient] = await gradientsOf({ opType, opset: 18, type: single }, node, {
    dims: [],
    values: [1],
  });
  expect(gradient).toEqual([0.25, 0.25, 0.25, 0.25]);
});

/** The first version, of which a selection is a sum of products; the last of attributes for axes; the newest. */
const VERSIONS = [7, 8, 9, 13, 18];
const axesAt = (opset: number) => (opset >= 18 ? [ints([1])] : []);

test.each(VERSIONS)(
  "ReduceProd at opset %d: with one 0 only its entry has a gradient, with two none has",
  async (opset) => {
    const x = { dims: [3, 3], values: [2, 3, 4, 2, 0, 4, 0, 3, 0] };
    const attributes = { keepdims: 0, ...(opset < 18 && { axes: [1] }) };
    const node = { inputs: [x, ...axesAt(opset)], attributes };
    const setting = { opType: "ReduceProd", opset, type: single };
    const [gradient] = await gradientsOf(setting, node, ones(3));
    expect(gradient).toEqual([12, 8, 6, 0, 8, 0, 0, 0, 0]);
  },
);

const image = [1, 1, 1, 2];
test.each(
  VERSIONS.flatMap((opset) =>
    [1, 2, 3].flatMap((p) => [
      [opset, "ReduceL2", [1, 2], [1, 1], {}, p] as const,
      [opset, "LpNormalization", [1, 2], [1, 2], { p: Math.min(p, 2) }, p] as const,
      [opset, "LpPool", image, [1, 1, 1, 1], { p, kernel_shape: [1, 2] }, p] as const,
      [opset, "GlobalLpPool", image, [1, 1, 1, 1], { p }, p] as const,
    ]),
  ),
)(
  "at opset %d %s: at the zero vector the gradient is 0",
  async (opset, opType, dims, sizes, own) => {
    const isReduced = opType === "ReduceL2";
    const attributes = { ...own, ...(isReduced && opset < 18 && { axes: [1] }) };
    const inputs = [{ dims, values: [0, 0] }, ...(isReduced ? axesAt(opset) : [])];
    const dy = { dims: sizes, values: sizes.at(-1) === 2 ? [1, 1] : [1] };
    const setting = { opType, opset, type: single };
    expect(await gradientsOf(setting, { inputs, attributes }, dy)).toEqual([[0, 0]]);
  },
);

test.each([7, 8, 9, 12, 15])(
  "Pow at opset %d: where the formulas are 0 times infinity the gradient is 0",
  async (opset) => {
    const inputs = [row(0, 0, 0, 3), row(0, 1, 2, 0)];
    const setting = { opType: "Pow", opset, type: single };
    const [base, exponent] = await gradientsOf(setting, { inputs }, ones(4));
    expect(base).toEqual([0, 1, 0, 0]);
    expect(exponent).toEqual([0, 0, 0, Math.fround(Math.log(3))]);
  },
);

test("Pow: an integer exponent", async () => {
  const power = { feed: { type: "int64", data: BigInt64Array.of(2n, 3n), dims: [2] } } as const;
  const [base] = await gradientsOf(
    { opType: "Pow", opset: 12, type: single },
    { inputs: [row(-3, 2), power] },
    ones(2),
  );
  expect(base).toEqual([-6, 12]);
});
