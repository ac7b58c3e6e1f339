import { describe, expect, test } from "vitest";
import {
  type Expr,
  fusedSelect,
  type Leaf,
  type Part,
  partSite,
  rateScalars,
  reads,
  type Shape,
} from "../../src/adapter.js";
import type { Variant } from "../../src/index.js";
import { type Arr, array, type Leaves } from "./arrays.js";
import { runPart } from "./runPart.js";
import { at, variantsAt } from "./variants.js";

/** The proof that the seam carries every variant: each is data, executed by one algebra of 15 lines. */
const variants = Object.entries(variantsAt(0.3));
const parts = variants.flatMap(([name, { parts }]) =>
  parts.map((part) => [`${name}: ${partSite("", part)}`, part] as const),
);
const options = { seed: 1, site: "layer", step: 0, batch: 2 };

const targets: Readonly<Record<Part["at"], Shape>> = {
  activation: [2, 5, 4],
  input: [2, 5, 4],
  output: [2, 5, 4],
  kernel: [4, 3],
  recurrentKernel: [3, 3],
  bias: [3],
  linear: [2, 3],
  state: [2, 3],
  nextState: [2, 3],
  nextCell: [2, 3],
};

const ramp = (shape: Shape): Arr =>
  array(
    shape,
    Float64Array.from({ length: 40 }, (_, i) => i / 8 - 2).subarray(
      0,
      shape.reduce((a, b) => a * b, 1),
    ),
  );

/** The leaves that a place has, beside the field and the rate's. */
function leavesAt(place: Part["at"]): Leaves {
  if (place === "linear") return { x: ramp([2, 4]), w: ramp([4, 3]), b: ramp([3]) };
  const previous = place === "nextState" || place === "nextCell" ? { previous: ramp([2, 3]) } : {};
  return { x: ramp(targets[place]), ...previous };
}

const learned: Leaves = { "learned:logit": array([], [-1]), "learned:logAlpha": ramp([4, 3]) };

describe("the seam: every variant of the table", () => {
  test.each(parts)(
    "%s executes, in training and at inference, with the leaves of its place",
    (_, part) => {
      for (const training of [true, false]) {
        const leaves = { ...leavesAt(part.at), ...learned };
        const value = runPart(part, targets[part.at], leaves, { ...options, training });
        const { samples } = part.field;
        const sampled = samples !== undefined && reads(training ? part.train : part.infer, "field");
        const shape = sampled ? [samples, ...targets[part.at]] : targets[part.at];
        const perExample = part.field.perExample && training ? [options.batch] : [];
        expect(value.shape).toEqual([...perExample, ...shape]);
        expect(value.data.every(Number.isFinite)).toBe(true);
      }
    },
  );

  test.each(parts)("%s reads the rate's leaves only where its field has a rate", (_, part) => {
    const rateLeaves: readonly Leaf[] = ["rate", "keep", "gain"];
    const read = rateLeaves.filter((leaf) => reads(part.train, leaf) || reads(part.infer, leaf));
    if (part.field.rate === undefined) expect(read).toEqual([]);
    else expect(part.field.rate).toBe(0.3);
  });

  test.each(variants)("%s survives JSON", (_, variant) => {
    expect(JSON.parse(JSON.stringify(variant))).toEqual(variant);
  });

  test.each(variants)("%s has sites of its own for its parts", (_, variant) => {
    const sites = variant.parts.map((part) => partSite("layer", part));
    expect(new Set(sites).size).toBe(sites.length);
  });

  test.each(variants)(
    "%s names each learned parameter that it reads, and no other",
    (_, variant) => {
      const read = new Set<string>();
      const collect = (expr: Expr): void => {
        if (typeof expr === "object") expr.args.forEach(collect);
        else if (typeof expr === "string" && expr.startsWith("learned:")) read.add(expr.slice(8));
      };
      for (const { train, infer } of variant.parts) [train, infer].forEach(collect);
      if (variant.penalty !== undefined) collect(variant.penalty);
      expect([...read]).toEqual(Object.keys(variant.learned ?? {}));
    },
  );

  test("formulas do not hold the rate: a schedule changes the field's rate and nothing else", () => {
    const formulas = (rate: number): unknown =>
      Object.values(variantsAt(rate)).map(({ parts, ...variant }: Variant) => ({
        ...variant,
        parts: parts.map(({ field: { rate: _, ...field }, ...part }) => ({ ...part, field })),
      }));
    expect(formulas(0.7)).toEqual(formulas(0.3));
  });

  test("the fused kernels cover all but Gaussian, concrete and what draws at `linear`", () => {
    const others = variants.filter(([, variant]) =>
      variant.parts.some(({ train }) => fusedSelect(at(0.3, train)) === undefined),
    );
    expect(others.map(([name]) => name)).toEqual([
      "DropConnect, Gaussian inference",
      "variational weights",
      "Gaussian",
      "concrete",
    ]);
  });
});

describe("the seam: rates 0 and 1", () => {
  const rated = (rate: number): readonly (readonly [string, Part])[] =>
    Object.entries(variantsAt(rate)).flatMap(([name, { parts }]) =>
      parts
        .filter((part) => part.field.rate !== undefined && part.at !== "linear")
        .map((part) => [`${name}: ${partSite("", part)}`, part] as const),
    );
  const run = (part: Part): Float64Array =>
    runPart(part, targets[part.at], leavesAt(part.at), { ...options, training: true }).data;

  test.each(rated(0))("%s is the identity at rate 0", (_, part) => {
    const x = ramp(targets[part.at]).data;
    // Alpha's a = sqrt(1 / (1 + 0)) and every gain are exactly 1 there. A field per example
    // repeats its target for each.
    expect(run(part)).toEqual(part.field.perExample ? Float64Array.of(...x, ...x) : x);
  });

  test.each(rated(1))("%s gives zeros at rate 1; zoneout keeps its state", (_, part) => {
    const values = run(part).map((value) => value + 0);
    const { previous } = leavesAt(part.at);
    expect(values).toEqual(previous?.data ?? new Float64Array(values.length));
  });

  test("every gain is finite at every rate", () => {
    for (const rate of [0, 2 ** -16, 0.5, 1 - 2 ** -16, 1]) {
      expect(Number.isFinite(rateScalars(rate).gain)).toBe(true);
    }
  });
});
