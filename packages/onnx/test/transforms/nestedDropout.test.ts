import { drawMask, dropout } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import {
  encodeModel,
  type InsertDropoutOptions,
  insertDropout,
  inspectDropout,
  maskFeeds,
  type OnnxModel,
  replaceDropout,
  stripDropout,
} from "../../src/index.js";
import { type Feed, float32, floatsOf, runModel } from "../runtime/runModel.js";
import { functionModel, ifModel, loopModel, scanModel } from "../scopes/nestedModels.js";

const variant = dropout({ rate: 0.5 });
const key = { seed: 5, step: 2 };
const rows = Float32Array.of(1, -2, 3, 0.5, 0.25, -1, 4, 8);
const x = float32([2, 4], rows);
const relu = (values: Float32Array): Float32Array => values.map((value) => Math.max(value, 0));
const times = (factor: number, values: Float32Array): Float32Array =>
  values.map((value) => factor * value);
/** Core's noise at an iteration of a loop. */
function noisy(site: string, values: Float32Array, timestep = 0): Float32Array {
  const place = `${site}/activation`;
  const kept = drawMask({ ...key, site: place, timestep, shape: [2, 4], rate: 0.5 });
  return values.map((value, i) => (kept[i] ? 2 * value : 0));
}
/** 0 and -0 are one here: onnxruntime's Where does not keep the sign of a zero. */
const plain = (values: ArrayLike<number>): number[] => Array.from(values, (value) => value + 0);

const expectEqualBytes = (model: OnnxModel, bytes: Uint8Array): void =>
  expect(Buffer.compare(encodeModel(model), bytes)).toBe(0);

async function run(
  model: OnnxModel,
  feeds: Readonly<Record<string, Feed>>,
  dims: Readonly<Record<string, number>> = { batch: 2 },
): Promise<Record<string, number[]>> {
  const results: Record<string, number[]> = {};
  const masks = maskFeeds(model, { ...key, dims });
  for (const optimization of ["disabled", "all"] as const) {
    const outputs = await runModel(model, { ...feeds, ...masks }, optimization);
    for (const [name, { data }] of Object.entries(outputs)) {
      const values = plain(floatsOf(data));
      if (optimization === "all") expect(values, name).toEqual(results[name]);
      results[name] = values;
    }
  }
  return results;
}

describe.each(["feeds", "graph"] as const)("with noise from %s, insertDropout", (noise) => {
  const insert = (model: OnnxModel, options: Omit<InsertDropoutOptions, "variant" | "noise">) => {
    const before = encodeModel(model);
    const once = insertDropout(model, { variant, noise, ...options });
    const twice = insertDropout(once, { variant, noise, ...options });
    expectEqualBytes(model, before);
    expectEqualBytes(twice, encodeModel(once));
    return once;
  };
  const expectStripped = (model: OnnxModel, options: InsertDropoutOptions["after"]): void => {
    const stripped = stripDropout(encodeModel(insert(model, { after: options })));
    expectEqualBytes(stripped, encodeModel(model));
  };

  test("in both branches of an If, whose sites have the branches' names", async () => {
    const model = insert(ifModel(), { after: { tensor: "r" } });
    const names = inspectDropout(model).sites.map(({ site }) => site);
    expect(names.sort()).toEqual(["if/else_branch/act", "if/then_branch/act"]);
    const choose = (value: number): Feed => ({
      type: "bool",
      data: Uint8Array.of(value),
      dims: [],
    });
    const yes = await run(model, { x, choose: choose(1) });
    const no = await run(model, { x, choose: choose(0) });
    expect(yes.y).toEqual(plain(noisy("if/then_branch/act", relu(rows))));
    expect(no.y).toEqual(plain(noisy("if/else_branch/act", times(-1, rows))));
    expectStripped(ifModel(), { tensor: "r" });
    const scoped = insert(ifModel(), { after: { scope: "if/then_branch/" } });
    expect(inspectDropout(scoped).sites.map(({ site }) => site)).toEqual(["if/then_branch/act"]);
  });

  test("in a Loop, anew in each iteration", async () => {
    const model = insert(loopModel(3), { after: { opType: "Relu" } });
    let v: Float32Array = rows;
    for (let i = 0; i < 3; i++) v = times(2, noisy("loop/relu", relu(v), i));
    expect((await run(model, { x })).y).toEqual(plain(v));
    expectStripped(loopModel(3), { opType: "Relu" });
  });

  test("after what a Loop's body gives on, and after a tensor that it only reads", async () => {
    const model = insert(loopModel(2), { after: { tensor: ["next", "s"] } });
    let v = noisy("start", rows);
    for (let i = 0; i < 2; i++) v = noisy("loop/double", times(2, relu(v)), i);
    expect((await run(model, { x })).y).toEqual(plain(v));
    expectStripped(loopModel(2), { tensor: ["next", "s"] });
  });

  test("in a Scan, anew in each iteration, which a state counts", async () => {
    const steps = [rows, times(2, rows), times(-3, rows)];
    const sequence = float32(
      [3, 2, 4],
      steps.flatMap((values) => [...values]),
    );
    const feeds = { zero: float32([2, 4], new Float32Array(8)), x: sequence };
    const model = insert(scanModel(), { after: { tensor: ["r", "x_t"] } });
    const { last } = await run(model, feeds, { batch: 2, time: 3 });
    const parts = steps.map((values, t) =>
      noisy("scan/relu", relu(noisy("scan/x_t", values, t)), t),
    );
    const sum = rows.map((_, i) => parts.reduce((total, part) => Math.fround(total + part[i]), 0));
    expect(last).toEqual(plain(sum));
    expectStripped(scanModel(), { tensor: ["r", "x_t"] });
  });

  test("in functions, which are inlined where they are called and named by the calls", async () => {
    const model = insert(functionModel(), { after: { opType: "Relu" } });
    const names = inspectDropout(model).sites.map(({ site }) => site);
    expect(names).toEqual(["call/first/relu", "call/second/relu"]);
    expect(model.functions.map(({ name }) => name)).toEqual(["plain"]);
    const { y, z } = await run(model, { x });
    const first = times(3, noisy("call/first/relu", relu(rows)));
    expect(y).toEqual(plain(times(2, noisy("call/second/relu", relu(first)))));
    expect(z).toEqual(plain(times(-1, rows)));
    const clean = stripDropout(model);
    expect((await run(clean, { x })).y).toEqual(plain(times(6, relu(rows))));
  });

  test("after a call, in a function too", async () => {
    const model = insert(functionModel(), { after: { opType: "inner" } });
    const names = inspectDropout(model).sites.map(({ site }) => site);
    expect(names).toEqual(["call/first", "call/second"]);
    expect(model.functions.map(({ name }) => name)).toEqual(["inner", "plain"]);
    const { y } = await run(model, { x });
    const first = noisy("call/first", times(3, relu(rows)));
    expect(y).toEqual(plain(noisy("call/second", times(2, relu(first)))));
  });

  test("after what leaves a function's scope", async () => {
    const model = insert(functionModel(), { after: { scope: "call/first/" } });
    const { y } = await run(model, { x });
    expect(y).toEqual(plain(times(2, relu(noisy("call/first/scale", times(3, relu(rows)))))));
  });
});

test("insertDropout: a Loop of unknown length draws in the graph, and is an error with feeds", async () => {
  const options = { variant, after: { opType: "Relu" } };
  const model = insertDropout(loopModel("times"), { ...options, noise: "graph" });
  const trips: Feed = { type: "int64", data: BigInt64Array.of(2n), dims: [] };
  let v: Float32Array = rows;
  for (let i = 0; i < 2; i++) v = times(2, noisy("loop/relu", relu(v), i));
  expect((await run(model, { x, times: trips })).y).toEqual(plain(v));
  expect(() => insertDropout(loopModel("times"), options)).toThrow(
    'insertDropout: site loop/relu must be in a loop whose iterations are counted before it runs, got Loop loop; noise "graph" does without',
  );
});

test("replaceDropout, stripDropout: Dropout in nested graphs and functions", async () => {
  for (const model of [loopModel(3), functionModel()]) {
    const holders = [
      ...model.functions,
      ...model.graph.node.flatMap(({ attribute }) => attribute.flatMap(({ g }) => g ?? [])),
    ];
    for (const node of holders.flatMap((holder) => holder.node)) {
      if (node.opType === "Relu") Object.assign(node, { opType: "Dropout", name: "drop" });
    }
    const clean = stripDropout(model);
    const replaced = replaceDropout(model);
    const sites = inspectDropout(model).sites.map(({ site }) => site);
    expect(inspectDropout(replaced).sites.map(({ site }) => site)).toEqual(sites);
    expect(inspectDropout(clean).sites).toEqual([]);
    // Below 0 the function's LeakyRelu would bend what its Relu cuts off.
    const positive = rows.map(Math.abs);
    const feeds = { x: float32([2, 4], positive) };
    let v: Float32Array = positive;
    const factors = sites.length === 1 ? [2, 2, 2] : [3, 2];
    for (const [i, factor] of factors.entries()) {
      const site = sites[Math.min(i, sites.length - 1)];
      v = times(factor, noisy(site, v, sites.length === 1 ? i : 0));
    }
    expect((await run(replaced, feeds)).y).toEqual(plain(v));
    const product = factors.reduce((a, b) => a * b);
    for (const stripped of [clean, stripDropout(replaced)]) {
      expect((await run(stripped, feeds)).y).toEqual(plain(times(product, positive)));
    }
  }
});
