import { describe, expect, test } from "vitest";
import { fieldShape, partSite, rateScalars } from "../../src/adapter.js";
import { recurrentDropConnect, variationalDropout, zoneout } from "../../src/index.js";
import { array } from "./arrays.js";
import { runPart } from "./runPart.js";

const training = { seed: 5, site: "lstm", step: 0, training: true };
const sequence = [8, 6, 4];

describe("variational", () => {
  const rates = { inputRate: 0.2, stateRate: 0.3, outputRate: 0.4 };

  test("input and output share their draw over time, the state has one a sequence", () => {
    const shapes = variationalDropout(rates).parts.map(({ at, field }) => [
      at,
      fieldShape("fieldShape", field, at === "state" ? [8, 4] : sequence),
      field.perTimestep,
    ]);
    expect(shapes).toEqual([
      ["input", [8, 1, 4], undefined],
      ["state", [8, 4], undefined],
      ["output", [8, 1, 4], undefined],
    ]);
  });

  test("every timestep of an example is dropped alike", () => {
    const [input] = variationalDropout(rates).parts;
    const x = array(sequence, new Float64Array(192).fill(1));
    const y = runPart(input, sequence, { x }, training).data;
    for (let i = 0; i < 192; i++) {
      const [example, feature] = [Math.floor(i / 24), i % 4];
      expect(y[i]).toBe(y[example * 24 + feature]);
    }
    expect(new Set(y).size).toBe(2);
  });

  test("tied gates have one field, others one for each gate, at a site of its own", () => {
    const sites = (gates?: number): readonly string[] =>
      variationalDropout({ ...rates, ...(gates && { gates }) }).parts.map((part) =>
        partSite("lstm", part),
      );
    expect(sites()).toEqual(["lstm/input", "lstm/state", "lstm/output"]);
    expect(sites(2)).toEqual([
      "lstm/input/0",
      "lstm/input/1",
      "lstm/state/0",
      "lstm/state/1",
      "lstm/output",
    ]);
  });
});

describe("zoneout", () => {
  const { parts } = zoneout({ stateRate: 0.15, cellRate: 0.5 });
  const shape = [40, 100];
  const entries = 4000;

  test("has a rate for the hidden state and one for the cell's, drawn at each timestep", () => {
    expect(parts.map(({ at, field }) => [at, field.rate, field.perTimestep])).toEqual([
      ["nextState", 0.15, true],
      ["nextCell", 0.5, true],
    ]);
  });

  test.each(parts)("$at keeps the new value or the previous one, whole", (part) => {
    const x = array(shape, new Float64Array(entries).fill(Number.POSITIVE_INFINITY));
    const previous = array(shape, new Float64Array(entries).fill(7));
    const y = runPart(part, shape, { x, previous }, training).data;
    expect(new Set(y)).toEqual(new Set([Number.POSITIVE_INFINITY, 7]));
  });

  test.each(parts)("$at at inference is the mean of training", (part) => {
    const x = array(shape, new Float64Array(entries).fill(3));
    const previous = array(shape, new Float64Array(entries).fill(-1));
    const inferred = runPart(part, shape, { x, previous }, { ...training, training: false });
    const timesteps = 25;
    let total = 0;
    for (let timestep = 0; timestep < timesteps; timestep++) {
      const { data } = runPart(part, shape, { x, previous }, { ...training, timestep });
      total += data.reduce((sum, value) => sum + value, 0);
    }
    const { rate, keep } = rateScalars(part.field.rate ?? Number.NaN);
    // A draw is one of two values 4 apart, with variance 16 rate keep; 5 standard errors.
    const bound = 5 * Math.sqrt((16 * rate * keep) / (timesteps * entries));
    expect(Math.abs(total / (timesteps * entries) - inferred.data[0])).toBeLessThanOrEqual(bound);
    expect(new Set(inferred.data)).toEqual(new Set([3 * keep - rate]));
  });
});

test("recurrent DropConnect: one mask of the recurrent kernel a sequence, shared by the batch", () => {
  const [{ at, field }] = recurrentDropConnect({ rate: 0.5 }).parts;
  expect([at, fieldShape("fieldShape", field, [4, 16]), field.perTimestep]).toEqual([
    "recurrentKernel",
    [4, 16],
    undefined,
  ]);
});
