import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type NoiseSource, sitesOf } from "../../src/graph.js";
import {
  decodeModel,
  encodeModel,
  insertDropConnect,
  insertVariationalDropout,
  maskFeeds,
  type OnnxModel,
  rateAsInput,
  recurrentToScan,
  setRates,
  stripDropout,
} from "../../src/index.js";
import { expectClose } from "../recurrent/expectClose.js";
import { gateSteps } from "../recurrent/gateSteps.js";
import { batchFirst, timeFirst } from "../recurrent/layouts.js";
import { noisySteps } from "../recurrent/noisySteps.js";
import {
  plainCase,
  type RecurrentCase,
  recurrentCases,
  recurrentModel,
} from "../recurrent/recurrentModel.js";
import { floatsOf, runModel } from "../runtime/runModel.js";

const rate = fc.constantFrom(0, 0.25, 0.5, 1);
const ratesOf = fc.record({ input: rate, state: rate, output: rate });
/** The layers that end where something of them is dropped: a sequence, or a state. */
const layers = recurrentCases.filter(({ outputs }) => outputs[0] !== "Y_c");
const key = { seed: 7, step: 3 };
const site = "lstm";

/** Options of the rates. */
const options = (
  { input, state, output }: { input: number; state: number; output: number },
  noise: NoiseSource = "feeds",
) => ({ inputRate: input, stateRate: state, outputRate: output, noise, site: () => site });

describe("insertVariationalDropout", () => {
  test.each(["feeds", "graph"] as const)(
    "noise from %s: as the operator does timestep after timestep, over core's masks",
    async (noise) => {
      await fc.assert(
        fc.asyncProperty(layers, ratesOf, fc.boolean(), async (one, rates, swapped) => {
          const layer: RecurrentCase = {
            ...one,
            constant: false,
            opset: noise === "graph" ? 18 : Math.max(one.opset, swapped ? 14 : 9),
          };
          const { model: plain, feeds } = recurrentModel(layer);
          const expected = await noisySteps(layer, feeds, { ...key, site, rates });
          fc.pre(
            Object.values(expected).every(({ data }) =>
              floatsOf(data).every((y) => Math.abs(y) < 80),
            ),
          );
          const { model } = swapped ? recurrentModel({ ...layer, layout: 1 }) : { model: plain };
          const noisy = insertVariationalDropout(model, options(rates, noise));
          const masks = maskFeeds(noisy, key);
          const got = swapped
            ? // onnxruntime has no operator of layout 1.
              timeFirst(await runModel(recurrentToScan(noisy), { ...batchFirst(feeds), ...masks }))
            : await runModel(noisy, { ...feeds, ...masks });
          expectClose(got, expected);
        }),
        { numRuns: noise === "feeds" ? 50 : 25 },
      );
    },
    120_000,
  );

  test.each([
    { kind: "LSTM", order: [0, 3, 1, 2], linear: 0 },
    { kind: "GRU", order: [0, 1, 2], linear: 0 },
    { kind: "GRU", order: [0, 1, 2], linear: 1 },
  ] as const)(
    "$kind, linear_before_reset $linear: per gate, core's masks of its own",
    async ({ kind, linear, ...changes }) => {
      const attributes: RecurrentCase["attributes"] =
        kind === "GRU" ? { linear_before_reset: linear } : {};
      const one: RecurrentCase = {
        ...plainCase,
        kind,
        attributes,
        constant: false,
        outputs: ["Y_h"],
      };
      const { model, feeds } = recurrentModel(one);
      const rates = { input: 0.25, state: 0.5 };
      const noisy = insertVariationalDropout(model, {
        ...options({ ...rates, output: 0 }),
        perGate: true,
      });
      const expected = gateSteps(one, feeds, { ...key, site, rates, order: changes.order });
      const { Y_h } = await runModel(noisy, { ...feeds, ...maskFeeds(noisy, key) });
      floatsOf(Y_h.data).forEach((value, i) => {
        // Float32 against float64: some 20 roundings of 2^-24 a timestep of values below 4.
        expect(Math.abs(value - expected[i])).toBeLessThan(1e-5);
      });
    },
  );

  test("what is stripped is the model from before to the byte, and the same call again changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        layers,
        ratesOf,
        fc.boolean(),
        fc.boolean(),
        async (one, rates, perGate, drawn) => {
          const { model } = recurrentModel({ ...one, opset: drawn ? 18 : one.opset });
          const before = encodeModel(model);
          const given = { ...options(rates, drawn ? "graph" : "feeds"), perGate };
          const noisy = insertVariationalDropout(model, given);
          expect(Buffer.compare(encodeModel(model), before)).toBe(0);
          expect(
            Buffer.compare(encodeModel(insertVariationalDropout(noisy, given)), encodeModel(noisy)),
          ).toBe(0);
          expect(Buffer.compare(encodeModel(stripDropout(noisy)), before)).toBe(0);
          expect(
            Buffer.compare(encodeModel(stripDropout(decodeModel(encodeModel(noisy)))), before),
          ).toBe(0);
        },
      ),
    );
  }, 60_000);

  test("all optimisation levels give the bits of none, fed and drawn", async () => {
    const one = { ...plainCase, opset: 18, direction: "bidirectional" } as const;
    const { model, feeds } = recurrentModel(one);
    const rates = { input: 0.25, state: 0.5, output: 0.25 };
    const runs = [];
    for (const noise of ["feeds", "graph"] as const) {
      const noisy = insertVariationalDropout(model, options(rates, noise));
      for (const level of ["disabled", "basic", "extended", "all"] as const) {
        runs.push(await runModel(noisy, { ...feeds, ...maskFeeds(noisy, key) }, level));
      }
    }
    const [first, ...others] = runs.map(({ Y }) => floatsOf(Y.data));
    expect(first.every((y) => y === 0)).toBe(false);
    for (const other of others) expect(other).toEqual(first);
  });

  test("where no state is dropped, the operator stays, and reads its own weights", () => {
    const { model } = recurrentModel(plainCase);
    const noisy = insertVariationalDropout(model, options({ input: 0.5, state: 0, output: 0.5 }));
    const [node] = noisy.graph.node.filter(({ opType }) => opType === "LSTM");
    expect(node.input.slice(1)).toEqual(["W", "R", "B"]);
    expect(noisy.graph.node.map(({ opType }) => opType)).not.toContain("Scan");
    expect(sitesOf(noisy).map(({ part, field }) => [part.at, field])).toEqual([
      ["input", "lstm/input/keep"],
      ["output", "lstm/output/keep"],
    ]);
  });

  test("a mask for each direction, named after it", () => {
    const { model } = recurrentModel({ ...plainCase, direction: "bidirectional" });
    const noisy = insertVariationalDropout(model, options({ input: 0.5, state: 0.5, output: 0.5 }));
    expect(noisy.graph.input.map(({ name }) => name)).toEqual([
      "X",
      "lstm/input/keep",
      "lstm/state/keep",
      "lstm/output/keep",
      "lstm/backward/input/keep",
      "lstm/backward/state/keep",
      "lstm/backward/output/keep",
    ]);
    expect(noisy.graph.initializer.filter(({ name }) => "WRB".includes(name))).toEqual(
      model.graph.initializer,
    );
  });

  test("rates change as those of other sites: as constants, and as inputs", async () => {
    const one = { ...plainCase, direction: "bidirectional" } as const;
    const { model, feeds } = recurrentModel(one);
    const low = { input: 0.25, state: 0.25, output: 0.25 };
    const high = { input: 0.5, state: 0.5, output: 0.5 };
    const run = async (noisy: OnnxModel, rates?: number) => {
      const masks = maskFeeds(noisy, { ...key, ...(rates !== undefined && { rates }) });
      return floatsOf((await runModel(noisy, { ...feeds, ...masks })).Y.data);
    };
    const expected = await run(insertVariationalDropout(model, options(high)));
    const noisy = insertVariationalDropout(model, options(low));
    expect(await run(setRates(noisy, 0.5))).toEqual(expected);
    expect(await run(rateAsInput(noisy), 0.5)).toEqual(expected);
    expect(Buffer.compare(encodeModel(stripDropout(rateAsInput(noisy))), encodeModel(model))).toBe(
      0,
    );
  });

  test("recurrent weights that are dropped too are stripped with it", () => {
    const { model } = recurrentModel(plainCase);
    const weights = insertDropConnect(model, { rate: 0.5, nodes: { opType: "LSTM" } });
    const both = insertVariationalDropout(
      weights,
      options({ input: 0.5, state: 0.5, output: 0.5 }),
    );
    expect(Object.keys(maskFeeds(both, key))).toEqual([
      "rnn/recurrentKernel/keep",
      "lstm/input/keep",
      "lstm/state/keep",
      "lstm/output/keep",
    ]);
    expect(Buffer.compare(encodeModel(stripDropout(both)), encodeModel(model))).toBe(0);
  });

  test("what it cannot do is an error that names node and tensor", () => {
    const { model } = recurrentModel({ ...plainCase, opset: 18 });
    const rates = { input: 0.5, state: 0.5, output: 0 };
    const put = (changes: Partial<Parameters<typeof insertVariationalDropout>[1]>) => () =>
      insertVariationalDropout(model, { ...options(rates), ...changes });
    expect(put({ stateRate: 1.5 })).toThrow(
      new RangeError("insertVariationalDropout: stateRate must be in [0, 1], got 1.5"),
    );
    expect(put({ nodes: { name: "rn" } })).toThrow(
      "insertVariationalDropout: node must be an LSTM, GRU or RNN of the model, got rn; did you mean rnn?",
    );
    expect(put({ nodes: { opType: "GRU" } })).toThrow(
      "insertVariationalDropout: nodes must choose an LSTM, GRU or RNN of the main graph, got LSTM rnn",
    );
    const noisy = insertVariationalDropout(model, options(rates));
    expect(() => insertVariationalDropout(noisy, options({ ...rates, state: 0.25 }))).toThrow(
      "insertVariationalDropout: site must have a name of its own, got lstm twice",
    );
    expect(() =>
      insertVariationalDropout(noisy, { ...options(rates), site: () => "other" }),
    ).toThrow(
      "insertVariationalDropout: node rnn must have no other noise, got one that sites stand for, and other anew",
    );
    const old = recurrentModel({ ...plainCase, opset: 8 }).model;
    expect(() => insertVariationalDropout(old, options(rates))).toThrow(
      'insertVariationalDropout: noise "feeds" must have opset 9 or later, got 8',
    );
    const shapeless = decodeModel(encodeModel(model));
    for (const input of shapeless.graph.input) delete input.type;
    expect(() => insertVariationalDropout(shapeless, options(rates))).toThrow(
      "insertVariationalDropout: tensor X of LSTM rnn must have a known shape of three axes, got none",
    );
    const ends = recurrentModel({ ...plainCase, outputs: ["Y_c"] }).model;
    expect(() => insertVariationalDropout(ends, options({ ...rates, output: 0.5 }))).toThrow(
      "insertVariationalDropout: node rnn must have an output Y or Y_h that is read for noise at the output, got none",
    );
  });
});
