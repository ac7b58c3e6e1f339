import { describe, expect, test } from "vitest";
import { GraphBuilder, makeValueInfo } from "../src/graph.js";
import * as api from "../src/index.js";
import { plainCase, recurrentModel } from "./recurrent/recurrentModel.js";

const { dropout, insertDropout, spatialDropout } = api;

/** y = Relu(x w), with a graph's own names. */
function mlp(): api.OnnxModel {
  const builder = new GraphBuilder();
  const w = builder.op("Expand", [builder.scalar("float32", 0.5), builder.ints([4, 3])]);
  builder.op("MatMul", ["x", w], { name: "fc", outputs: ["h"] });
  builder.op("Relu", ["h"], { name: "act", outputs: ["y"] });
  return builder.model({
    name: "mlp",
    opset: 18,
    inputs: [makeValueInfo("x", { type: "float32", dims: [5, 4] })],
    outputs: [makeValueInfo("y", { type: "float32", dims: [5, 3] })],
  });
}

const old = (): api.OnnxModel => {
  const model = mlp();
  model.opsetImport[0].version = 6n;
  return model;
};
const after = { opType: "Relu" };
const noisy = (): api.OnnxModel => insertDropout(mlp(), { variant: dropout({ rate: 0.5 }), after });
const lstm = (): api.OnnxModel => recurrentModel(plainCase).model;
const nodes = { name: "fc" };
const noNodes = [{ name: "fd" }, { opType: "Conv" }, () => false];

/** What is no model. */
const noModels = [undefined, {}, new Uint8Array(7), "model.onnx"];
const models: unknown[][] = noModels.map((model) => [model, {}]);
const rates: unknown[][] = [{ rate: 2 }, { rate: "0.5" }, {}].map((options) => [options]);
const rise: unknown[][] = [[{ from: 0, to: 2, steps: 9 }], [{ from: 0, to: 1, steps: 0 }]];

const droppedNodes: unknown[][] = [
  [mlp()],
  ...noNodes.map((which) => [mlp(), { rate: 0.5, samples: 2, nodes: which }]),
  [mlp(), { rate: 2, samples: 2, nodes }],
  [mlp(), { rate: 0.5, samples: 2, nodes, noise: "both" }],
  [old(), { rate: 0.5, samples: 2, nodes, noise: "graph" }],
  [mlp(), { rate: 0.5, samples: 2, nodes, site: () => "\ud800" }],
];

/** Calls with bad input, of every function of the main entry. */
const calls: Readonly<Record<string, unknown[][]>> = {
  alphaDropout: rates,
  concreteDropout: [[{ initialRate: 0 }]],
  dropBlock: rates,
  dropout: [...rates, []],
  featureAlphaDropout: rates,
  gaussianDropout: rates,
  spatialDropout: rates,
  stochasticDepth: rates,
  tokenDropout: rates,
  constantSchedule: rates,
  cosineSchedule: rise,
  curriculumSchedule: rates,
  earlySchedule: rates,
  lateSchedule: rates,
  linearDepthRate: [[{ rate: 0.5, block: 3, blocks: 2 }]],
  linearSchedule: rise,
  derive: [[-1, "data"]],
  decodeModel: [...noModels.map((model) => [model]), [new Uint8Array(0)]],
  encodeModel: [[undefined], [{}]],
  embedWeights: models,
  recurrentToScan: [...models, [lstm(), { nodes: { name: "other" } }], [old()]],
  maskFeeds: [
    ...models,
    [noisy()],
    [noisy(), {}],
    [noisy(), { seed: 1, step: 0.5 }],
    [noisy(), { seed: -1, step: 0 }],
    [noisy(), { seed: 1, step: 0, rates: { other: 0.5 } }],
  ],
  prepareFeeds: [...models, [noisy()], [noisy(), { seed: 0.5 }]],
  inferBatchNorms: models,
  insertDropConnect: [...models, ...droppedNodes, [mlp(), { rate: 0.5, nodes, per: "step" }]],
  sampleDropConnect: [...models, ...droppedNodes, [mlp(), { rate: 0.5, samples: 0, nodes }]],
  insertDropout: [
    ...models,
    [mlp()],
    [mlp(), { variant: dropout({ rate: 0.5 }), after: { opType: "Conv" } }],
    [mlp(), { variant: dropout({ rate: 0.5 }), after: { tensor: "z" } }],
    [mlp(), { variant: dropout({ rate: 0.5 }), after: () => false }],
    [mlp(), { variant: dropout, after }],
    [mlp(), { variant: dropConnectOfCore(), after }],
    [mlp(), { variant: spatialDropout({ rate: 0.5 }), after }],
    [mlp(), { variant: dropout({ rate: 0.5, noiseShape: [7] }), after }],
    [mlp(), { variant: dropout({ rate: 0.5 }), after, noise: "both" }],
    [mlp(), { variant: dropout({ rate: 0.5 }), after, site: () => "\ud800" }],
    [old(), { variant: dropout({ rate: 0.5 }), after, noise: "graph" }],
    [noisy(), { variant: dropout({ rate: 0.25 }), after, site: () => "act" }],
  ],
  insertVariationalDropout: [
    ...models,
    [lstm()],
    [lstm(), { inputRate: 2, stateRate: 0, outputRate: 0 }],
    [mlp(), { inputRate: 0.5, stateRate: 0, outputRate: 0 }],
    [lstm(), { inputRate: 0.5, stateRate: 0, outputRate: 0, nodes: { name: "other" } }],
  ],
  insertZoneout: [
    ...models,
    [lstm()],
    [lstm(), { stateRate: 2, cellRate: 0 }],
    [mlp(), { stateRate: 0.5, cellRate: 0 }],
    [lstm(), { stateRate: 0.5, cellRate: 0, nodes: { name: "other" } }],
  ],
  inspectDropout: models,
  nameBatch: [...models, [mlp(), { inputs: ["other"] }]],
  rateAsInput: [...models, [mlp()], [noisy(), { sites: ["other"] }]],
  replaceDropout: [
    ...models,
    [withDropout(), { variant: () => dropout }],
    [withDropout(), { rate: 2 }],
  ],
  setRates: [
    ...models,
    [mlp(), 0.5],
    [noisy(), 2],
    [noisy(), { other: 0.5 }],
    [noisy(), { act: 2 }],
  ],
  stripDropout: models,
  untieWeights: models,
  upgradeOpset: [...models, [mlp(), 99], [mlp(), 7], [mlp(), 17.5], [mlp(), undefined]],
};

function dropConnectOfCore(): unknown {
  return {
    name: "weights",
    parts: [{ at: "kernel", field: { draw: "bernoulli", rate: 0.5 }, train: "x", infer: "x" }],
  };
}

/** A model with a Dropout node of rate 0.5. */
function withDropout(): api.OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Dropout", ["x", builder.scalar("float32", 0.5), builder.scalar("bool", 1)], {
    outputs: ["y"],
  });
  const value = { type: "float32", dims: [5, 4] } as const;
  const ends = { inputs: [makeValueInfo("x", value)], outputs: [makeValueInfo("y", value)] };
  return builder.model({ name: "dropped", opset: 18, ...ends });
}

test("every function of the main entry is in the table", () => {
  const functions = Object.entries(api).filter(([, value]) => typeof value === "function");
  expect(Object.keys(calls).sort()).toEqual(functions.map(([name]) => name).sort());
});

describe.each(Object.entries(calls))("%s: bad input", (name, rows) => {
  test.each(rows.map((row, i) => [i, row] as const))(
    "%i is an error that names it",
    async (_, row) => {
      const run = async (): Promise<unknown> =>
        Reflect.apply(Reflect.get(api, name), undefined, row);
      await expect(run()).rejects.toThrow(new RegExp(`^${name}: [^\\n]+, got [^\\n]+$`));
    },
  );
});
