import { dropout } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import {
  insertDropConnect,
  insertDropout,
  inspectDropout,
  maskFeeds,
  type OnnxModel,
  rateAsInput,
  sampleDropConnect,
  setRates,
  stripDropout,
  untieWeights,
  upgradeOpset,
} from "../../src/index.js";
import { type Feed, runModel } from "../runtime/runModel.js";

/** A weight of zeros. */
function weight(builder: GraphBuilder, name: string, dims: readonly number[]): string {
  const data = new Float32Array(dims.reduce((size, dim) => size * dim, 1));
  return builder.constant(makeTensor({ name, type: "float32", dims, data }));
}

/** A layer whose kernel has no entries, since it has no inputs or no units. */
interface Layer {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly write: (builder: GraphBuilder) => string;
}

const layers: Readonly<Record<string, Layer>> = {
  "MatMul without inputs": {
    ...{ x: [0], y: [4] },
    write: (builder) => {
      const product = builder.op("MatMul", ["x", weight(builder, "w", [0, 4])]);
      return builder.op("Add", [product, weight(builder, "b", [4])]);
    },
  },
  "MatMul without inputs, of sequences": {
    ...{ x: [5, 0], y: [5, 4] },
    write: (builder) => builder.op("MatMul", ["x", weight(builder, "w", [0, 4])]),
  },
  "Gemm without units": {
    ...{ x: [3], y: [0] },
    write: (builder) =>
      builder.op("Gemm", ["x", weight(builder, "w", [3, 0]), weight(builder, "b", [0])]),
  },
  "Conv without channels": {
    ...{ x: [0, 2, 2], y: [4, 2, 2] },
    write: (builder) => {
      const attributes = { kernel_shape: [1, 1] };
      return builder.op("Conv", ["x", weight(builder, "w", [4, 0, 1, 1])], { attributes });
    },
  },
};

function modelOf({ x, y, write }: Layer, batch: number | string): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Relu", [write(builder)], { name: "relu", outputs: ["y"] });
  return builder.model({
    name: "empty",
    inputs: [makeValueInfo("x", { type: "float32", dims: [batch, ...x] })],
    outputs: [makeValueInfo("y", { type: "float32", dims: [batch, ...y] })],
    opset: 18,
  });
}

const inserted = (model: OnnxModel): OnnxModel =>
  insertDropout(model, { variant: dropout({ rate: 0.5 }), after: { opType: "Relu" } });
const nodes = { opType: ["MatMul", "Gemm", "Conv"] };

const transforms: Readonly<Record<string, (model: OnnxModel) => OnnxModel>> = {
  insertDropout: inserted,
  setRates: (model) => setRates(inserted(model), 0.25),
  rateAsInput: (model) => rateAsInput(inserted(model)),
  stripDropout: (model) => stripDropout(inserted(model)),
  untieWeights,
  upgradeOpset: (model) => upgradeOpset(model, 21),
  "dropConnect per example": (model) => insertDropConnect(model, { rate: 0.5, nodes }),
  "dropConnect per batch": (model) => insertDropConnect(model, { rate: 0.5, nodes, per: "batch" }),
  "dropConnect in the graph": (model) =>
    insertDropConnect(model, { rate: 0.5, nodes, noise: "graph" }),
};

describe.each(Object.entries(layers))("a %s", (name, layer) => {
  const size = 2 * layer.x.reduce((product, dim) => product * dim, 1);
  const x: Feed = { type: "float32", data: new Float32Array(size), dims: [2, ...layer.x] };

  test.each(
    Object.entries(transforms).flatMap(([transform, apply]) =>
      ["batch", 2].map((batch) => [transform, batch, apply] as const),
    ),
  )("%s at batch %s: the model runs", async (_, batch, apply) => {
    const model = apply(modelOf(layer, batch));
    expect(inspectDropout(model).pitfalls).toEqual(expect.any(Array));
    const masks = maskFeeds(model, { seed: 1, step: 0, dims: { batch: 2 } });
    const { y } = await runModel(model, { x, ...masks });
    // Only the shape: the runtime leaves the entries of a Conv over no channels as they were in memory.
    expect(y.dims).toEqual([2, ...layer.y]);
  });

  if (!/MatMul without inputs$|Gemm/.test(name)) return;
  test("sampleDropConnect: the model runs", async () => {
    const model = sampleDropConnect(modelOf(layer, 2), { rate: 0.5, samples: 3, nodes });
    const { y } = await runModel(model, { x, ...maskFeeds(model, { seed: 1, step: 0 }) });
    expect(y.dims).toEqual([2, ...layer.y]);
  });
});
