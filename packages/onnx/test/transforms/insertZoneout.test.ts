import { rateScalars } from "@dropoutkit/core/adapter";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encodeModel,
  insertZoneout,
  maskFeeds,
  recurrentToScan,
  stripDropout,
} from "../../src/index.js";
import { expectClose } from "../recurrent/expectClose.js";
import { noisySteps } from "../recurrent/noisySteps.js";
import { plainCase, recurrentCases, recurrentModel } from "../recurrent/recurrentModel.js";
import { floatsOf, runModel } from "../runtime/runModel.js";

const key = { seed: 7, step: 3 };
const site = "lstm";
const rate = fc.constantFrom(0, 0.25, 0.5, 1);

describe("insertZoneout", () => {
  test.each(["feeds", "graph"] as const)(
    "noise from %s: as the operator does timestep after timestep, over core's masks of each",
    async (noise) => {
      await fc.assert(
        fc.asyncProperty(recurrentCases, rate, rate, async (one, stateRate, cellRate) => {
          const layer = { ...one, constant: false, opset: noise === "graph" ? 18 : one.opset };
          const { model, feeds } = recurrentModel(layer);
          const kept = { nextState: stateRate, nextCell: cellRate };
          const expected = await noisySteps(layer, feeds, { ...key, site, kept });
          fc.pre(
            Object.values(expected).every(({ data }) =>
              floatsOf(data).every((y) => Math.abs(y) < 80),
            ),
          );
          const noisy = insertZoneout(model, { stateRate, cellRate, noise, site: () => site });
          expectClose(await runModel(noisy, { ...feeds, ...maskFeeds(noisy, key) }), expected);
        }),
        { numRuns: noise === "feeds" ? 30 : 15 },
      );
    },
    60_000,
  );

  test("stripped, a state moves by the mean, and the same call again changes nothing", async () => {
    const one = {
      ...plainCase,
      kind: "RNN",
      hidden: 1,
      time: 2,
      batch: 1,
      constant: false,
    } as const;
    const { model, feeds } = recurrentModel(one);
    const options = { stateRate: 0.25, cellRate: 0, site: () => site };
    const noisy = insertZoneout(model, options);
    expect(Buffer.compare(encodeModel(insertZoneout(noisy, options)), encodeModel(noisy))).toBe(0);
    const clean = stripDropout(noisy);
    expect(clean.graph.input.map(({ name }) => name)).toEqual(
      model.graph.input.map(({ name }) => name),
    );
    const { keep, rate: dropped } = rateScalars(0.25);
    const [w, r, b] = ["W", "R", "B"].map((name) => Array.from(feeds[name].data, Number));
    const x = Array.from(feeds.X.data, Number);
    let h = 0;
    const y = [0, 1].map((t) => {
      const sum = w.reduce((total, weight, i) => total + weight * x[t * w.length + i], 0);
      h = keep * Math.tanh(sum + r[0] * h + b[0] + b[1]) + dropped * h;
      return h;
    });
    const { Y } = await runModel(clean, feeds);
    floatsOf(Y.data).forEach((value, t) => {
      // Some 10 roundings of 2^-24 of values below 1.
      expect(Math.abs(value - y[t])).toBeLessThan(1e-6);
    });
  });

  test("rates of 0 put nothing in; a layer without a cell state has nothing at nextCell", () => {
    const { model } = recurrentModel({ ...plainCase, kind: "GRU" });
    const same = insertZoneout(model, { stateRate: 0, cellRate: 0 });
    expect(encodeModel(same)).toEqual(encodeModel(model));
    const noisy = insertZoneout(model, { stateRate: 0.5, cellRate: 0.5 });
    expect(noisy.graph.input.map(({ name }) => name)).toEqual(["X", "rnn/nextState/keep"]);
  });

  test("what it cannot do is an error that names the node", () => {
    const { model } = recurrentModel({ ...plainCase, opset: 18 });
    expect(() => insertZoneout(model, { stateRate: 2, cellRate: 0 })).toThrow(
      new RangeError("insertZoneout: stateRate must be in [0, 1], got 2"),
    );
    const old = recurrentModel({ ...plainCase, opset: 8 }).model;
    expect(() => insertZoneout(old, { stateRate: 0.5, cellRate: 0 })).toThrow(
      'insertZoneout: noise "feeds" must have opset 9 or later, got 8',
    );
    expect(() => insertZoneout(recurrentToScan(model), { stateRate: 0.5, cellRate: 0 })).toThrow(
      "insertZoneout: nodes must choose an LSTM, GRU or RNN of the main graph, got none",
    );
  });
});
