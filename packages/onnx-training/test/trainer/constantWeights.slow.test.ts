import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  decodeModel,
  dropout,
  encodeModel,
  insertDropout,
  type OnnxModel,
  upgradeOpset,
} from "@dropoutkit/onnx";
import {
  constantTensors,
  copyMessage,
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  type NodeOptions,
  type NodeProto,
  type TensorProto,
} from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import {
  crossEntropy,
  gradientModel,
  l2,
  meanSquaredError,
  sgd,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { batch, mlp } from "./noisyMlp.js";

const options: TrainerOptions = {
  loss: crossEntropy({ logits: "logits", classWeights: [1, 2, 1] }),
  penalties: [l2({ factor: 0.01, weights: /weight$/ })],
  optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
};

/** A tensor as a node that holds it: whole, or as a list of floats where it has one axis. */
function nodeOf(builder: GraphBuilder, tensor: TensorProto): NodeProto {
  const { name, dims, rawData } = tensor;
  const floats = [...new Float32Array(new Uint8Array(rawData).buffer)];
  const attributes: NodeOptions["attributes"] =
    dims.length === 1 ? { value_floats: { floats } } : { value: copyMessage(tensor, { name: "" }) };
  builder.op("Constant", [], { outputs: [name], attributes });
  const [node] = builder.nodes.splice(0);
  return node;
}

/** The model with its initializers as Constant nodes, as PaddlePaddle writes them. */
function asNodes(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const nodes = graph.initializer.map((tensor) => nodeOf(new GraphBuilder(), tensor));
  return copyMessage(model, {
    graph: copyMessage(graph, { initializer: [], node: [...nodes, ...graph.node] }),
  });
}

const noisy = (model: OnnxModel): OnnxModel =>
  insertDropout(model, { variant: dropout({ rate: 0.5 }), after: { opType: "Relu" } });

async function train(model: OnnxModel, more: Partial<TrainerOptions> = {}) {
  const trainer = await Trainer.create(ort, model, { ...options, ...more });
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) losses.push((await trainer.step(batch())).loss);
  const { loss } = await trainer.evaluate(batch());
  const exported = await trainer.exportModel();
  const file = await trainer.checkpoint();
  await trainer.dispose();
  const weights = new Map(
    constantTensors(exported.graph).map(({ name, rawData }) => [name, [...rawData]]),
  );
  return { losses, loss, exported, weights, file };
}

describe("Trainer: weights in Constant nodes", () => {
  test("train as initializers do, to the bit, and are Constant nodes in the export", async () => {
    const [nodes, initializers] = [await train(noisy(asNodes(mlp()))), await train(noisy(mlp()))];
    expect(nodes.losses).toEqual(initializers.losses);
    expect(nodes.loss).toEqual(initializers.loss);
    expect(nodes.weights).toEqual(initializers.weights);
    expect(nodes.exported.graph.initializer).toEqual([]);
    expect(nodes.exported.graph.node.map(({ opType }) => opType)).toEqual(
      asNodes(mlp()).graph.node.map(({ opType }) => opType),
    );
  });

  test("go on from a checkpoint, to the bit", async () => {
    const { file, weights } = await train(noisy(asNodes(mlp())));
    const resumed = await Trainer.resume(ort, file, options);
    const { graph } = await resumed.exportModel();
    const values = constantTensors(graph).map(({ name, rawData }) => [name, [...rawData]]);
    expect(values).toEqual([...weights]);
    await resumed.step(batch());
    await resumed.dispose();
  });

  test("before IR version 4 their gradients' model has each initializer as an input, and opens", async () => {
    const wanted = {
      loss: crossEntropy({ logits: "logits" }),
      withRespectTo: ["fc1.weight", "fc2.bias"],
    };
    const old = asNodes(mlp());
    old.irVersion = 3n;
    const { graph, ...rest } = gradientModel(old, wanted);
    const inputs = graph.input.map(({ name }) => name);
    expect(inputs).toEqual(expect.arrayContaining(graph.initializer.map(({ name }) => name)));
    expect(inputs).toEqual(expect.arrayContaining(wanted.withRespectTo));
    const session = await ort.InferenceSession.create(encodeModel({ ...rest, graph }));
    expect(session.outputNames).toEqual(
      expect.arrayContaining(wanted.withRespectTo.map((name) => `${name}.grad`)),
    );
    await session.release();
  });

  /** The MLP with logits times numbers that stand in the program. */
  const scaled = (): OnnxModel => {
    const model = mlp();
    const builder = new GraphBuilder("", model.graph);
    const attributes = {
      value: makeTensor({ name: "", type: "float32", dims: [3], data: Float32Array.of(1, 2, 1) }),
    };
    builder.op("Constant", [], { attributes, outputs: ["numbers"] });
    const last = model.graph.node.findIndex(({ name }) => name === "fc2");
    const [made] = model.graph.node.splice(last, 1);
    builder.nodes.push(copyMessage(made, { output: ["raw"] }));
    builder.op("Mul", ["raw", "numbers"], { outputs: ["logits"] });
    model.graph.node.push(...builder.nodes);
    return model;
  };

  test("stay as they are beside initializers, unless they are named", async () => {
    const numbers = [...new Uint8Array(Float32Array.of(1, 2, 1).buffer)];
    const usual = await train(scaled());
    expect(usual.weights.get("numbers")).toEqual(numbers);
    const named = await train(scaled(), { weights: [/./, "numbers"] });
    expect(named.weights.get("numbers")).not.toEqual(numbers);
    expect(named.weights.get("fc1.weight")).not.toEqual([
      ...(mlp().graph.initializer.find(({ name }) => name === "fc1.weight")?.rawData ?? []),
    ]);
  });
});

test("Trainer: what says how a node works is no weight, and a weight without entries none either", async () => {
  const builder = new GraphBuilder();
  const floats = (name: string, dims: readonly number[], data: readonly number[]): string =>
    builder.constant(makeTensor({ name, type: "float32", dims, data: Float32Array.from(data) }));
  const kernel = floats("kernel", [1, 1, 1, 1], [0.5]);
  const conv = builder.op("Conv", ["x", kernel]);
  const resized = builder.op("Resize", [
    conv,
    floats("roi", [0], []),
    floats("scales", [4], [1, 1, 2, 2]),
  ]);
  const gated = builder.op("Greater", [resized, floats("bound", [1], [0])]);
  const open = builder.op("Cast", [gated], { attributes: { to: 1 } });
  builder.op("Mul", [resized, open], { outputs: ["y"] });
  const model = builder.model({
    name: "resized",
    inputs: [makeValueInfo("x", { type: "float32", dims: [1, 1, 2, 2] })],
    outputs: [makeValueInfo("y", { type: "float32", dims: [1, 1, 4, 4] })],
    opset: 17,
  });
  const loss = meanSquaredError({ prediction: "y" });
  const trainer = await Trainer.create(ort, model, { ...options, penalties: [], loss });
  const { gradients } = await trainer.gradients({
    x: new ort.Tensor("float32", Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2]),
    target: new ort.Tensor("float32", new Float32Array(16), [1, 1, 4, 4]),
  });
  expect(Object.keys(gradients)).toEqual(["kernel"]);
  await trainer.dispose();
});

test("Trainer: a named parameter must have entries", async () => {
  const model = mlp();
  model.graph.initializer.push(
    makeTensor({ name: "none", type: "float32", dims: [0, 4], data: new Float32Array(0) }),
  );
  const builder = new GraphBuilder("", model.graph);
  const joined = builder.op("Concat", ["x", "none"], { attributes: { axis: 0 } });
  model.graph.node.unshift(...builder.nodes);
  model.graph.node[1].input[0] = joined;
  const create = (weights: TrainerOptions["weights"]) =>
    Trainer.create(ort, model, { ...options, weights });
  await expect(create([/./, "none"])).rejects.toThrow(
    new RangeError("Trainer: parameter none must have entries, got shape [0, 4]"),
  );
});

const { DROPOUTKIT_DATA } = process.env;
const zoo = DROPOUTKIT_DATA ? join(DROPOUTKIT_DATA, "zoo") : "";

describe.skipIf(!existsSync(zoo))(
  "files of others (skipped where DROPOUTKIT_DATA has no zoo)",
  () => {
    test("PaddleOCR's weights, all in Constant nodes, have gradients; its statistics have none", async () => {
      const read = decodeModel(readFileSync(join(zoo, "paddleocr-cls.onnx")));
      const trainer = await Trainer.create(ort, upgradeOpset(read, 17), {
        loss: meanSquaredError({ prediction: read.graph.output[0].name }),
        optimizer: sgd({ learningRate: 0.1 }),
      });
      const x = Float32Array.from({ length: 2 * 3 * 48 * 64 }, (_, i) => Math.sin(i));
      const feeds = {
        [read.graph.input[0].name]: new ort.Tensor("float32", x, [2, 3, 48, 64]),
        target: new ort.Tensor("float32", Float32Array.of(0, 1, 0, 1), [2, 2]),
      };
      const { node, initializer } = read.graph;
      expect(initializer).toEqual([]);
      const statistics = node.flatMap(({ opType, input }) =>
        opType === "BatchNormalization" ? input.slice(3) : [],
      );
      const names = constantTensors(read.graph)
        .filter(
          ({ dims, dataType, name }) =>
            dims.length > 0 && dataType === 1 && !statistics.includes(name),
        )
        .map(({ name }) => name);
      const { gradients } = await trainer.gradients(feeds);
      expect(Object.keys(gradients).sort()).toEqual(names.sort());
      await trainer.dispose();
    }, 120_000);

    test.each(["espcn-resize.onnx", "fastestdet.onnx"])(
      "%s: the scales of a Resize are no weights",
      async (name) => {
        const model = decodeModel(readFileSync(join(zoo, name)));
        const loss = meanSquaredError({ prediction: model.graph.output[0].name });
        const trainer = await Trainer.create(ort, model, {
          loss,
          optimizer: sgd({ learningRate: 0.1 }),
        });
        await trainer.dispose();
      },
    );
  },
);
