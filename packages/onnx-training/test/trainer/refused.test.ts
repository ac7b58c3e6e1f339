import { type OnnxModel, replaceDropout } from "@dropoutkit/onnx";
import {
  copyMessage,
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  setMetadata,
} from "@dropoutkit/onnx/graph";
import { describe, expect, test } from "vitest";
import { float32, int64 } from "../runtime/runModel.js";
import { batch, mlp } from "./noisyMlp.js";
import { lossesOf, open } from "./trainNoisyMlp.js";

/** Makes of the hidden tensor what the second layer reads. */
type Between = (builder: GraphBuilder, hidden: string) => string;

/** The MLP with nodes behind its relu. */
function withBetween(between: Between): OnnxModel {
  const model = mlp();
  const { graph } = model;
  const builder = new GraphBuilder("", graph);
  const at = graph.node.findIndex(({ opType }) => opType === "Relu");
  const [hidden] = graph.node[at].output;
  const noisy = between(builder, hidden);
  const next = graph.node[at + 1];
  graph.node[at + 1] = copyMessage(next, { input: [noisy, ...next.input.slice(1)] });
  graph.node.splice(at + 1, 0, ...builder.nodes);
  graph.initializer.push(...builder.initializers);
  return model;
}

const constant = (builder: GraphBuilder, value: boolean): string =>
  builder.constant(
    makeTensor({
      name: builder.uniqueName("mode"),
      type: "bool",
      dims: [],
      data: Uint8Array.of(Number(value)),
    }),
  );

const dropped =
  (rate: number, training: boolean): Between =>
  (builder, hidden) =>
    builder.op("Dropout", [hidden, builder.scalar("float32", rate), constant(builder, training)], {
      name: "drop",
    });

const random: Readonly<Record<string, Between>> = {
  Dropout: dropped(0.5, true),
  Bernoulli: (builder, hidden) =>
    builder.op("Mul", [
      hidden,
      builder.op("Bernoulli", [builder.op("Sigmoid", [hidden])], { name: "drop" }),
    ]),
  RandomNormal: (builder, hidden) =>
    builder.op("Add", [
      hidden,
      builder.op("RandomNormal", [], { name: "drop", attributes: { shape: [8] } }),
    ]),
  RandomUniformLike: (builder, hidden) =>
    builder.op("Mul", [hidden, builder.op("RandomUniformLike", [hidden], { name: "drop" })]),
};

/** The same in the branches of an If. */
const inBranches =
  (between: Between): Between =>
  (builder, hidden) => {
    const branch = (name: string) => {
      const inner = builder.nested(name);
      const y = between(inner, hidden);
      return copyMessage(mlp().graph, {
        name,
        node: inner.nodes,
        initializer: inner.initializers,
        input: [],
        output: [makeValueInfo(y, { type: "float32", dims: ["batch", 8] })],
        valueInfo: [],
      });
    };
    const attributes = { then_branch: branch("then"), else_branch: branch("else") };
    return builder.op("If", [constant(builder, true)], { attributes });
  };

describe("Trainer: noise of the runtime's own is refused", () => {
  test.each(Object.entries(random))("%s", async (opType, between) => {
    await expect(open({}, withBetween(between))).rejects.toThrow(
      `Trainer: model must not draw random numbers in the runtime, got ${opType} (node drop); replaceDropout`,
    );
  });

  test.each(Object.entries(random))("%s in branches", async (opType, between) => {
    await expect(open({}, withBetween(inBranches(between)))).rejects.toThrow(
      `Trainer: model must not draw random numbers in the runtime, got ${opType}`,
    );
  });

  test("what replaceDropout makes of it trains, with the same losses for the same seed", async () => {
    const model = replaceDropout(withBetween(dropped(0.5, true)));
    const [one, other] = [await open({}, model), await open({}, model)];
    const losses = await lossesOf(one, 3);
    expect(await lossesOf(other, 3)).toEqual(losses);
    expect(new Set(losses).size).toBe(3);
    for (const trainer of [one, other]) await trainer.dispose();
  });

  test.each([
    ["not in training mode", dropped(0.5, false)],
    ["of rate 0", dropped(0, true)],
    ["in branches, not in training mode", inBranches(dropped(0.5, false))],
    [
      "that no loss depends on",
      (builder: GraphBuilder, hidden: string) => {
        random.RandomUniformLike(builder, hidden);
        return hidden;
      },
    ],
  ] satisfies [string, Between][])("a node %s is none", async (_, between) => {
    const [still, plain] = [await open({}, withBetween(between)), await open({}, mlp())];
    expect(await lossesOf(still, 2)).toEqual(await lossesOf(plain, 2));
    for (const trainer of [still, plain]) await trainer.dispose();
  });
});

test("Trainer: a model whose weights are in other files is told how to hold them", async () => {
  const model = mlp();
  const holder = mlp();
  holder.metadataProps = [];
  setMetadata(holder, "location", "w.bin");
  const [first, ...others] = model.graph.initializer;
  // Entries of a key and a value, as metadata are; 1 is EXTERNAL.
  const external = {
    rawData: new Uint8Array(),
    externalData: holder.metadataProps,
    dataLocation: 1,
  };
  model.graph.initializer = [copyMessage(first, external), ...others];
  await expect(open({}, model)).rejects.toThrow(
    `Trainer: model must hold its weights, got ${first.name} in w.bin; embedWeights of @dropoutkit/onnx, or readWholeModel of @dropoutkit/onnx/node, puts them into it`,
  );
});

test("Trainer: a batch without examples is an error of each call", async () => {
  const trainer = await open();
  const empty = { x: float32([0, 4], []), labels: int64([]) };
  for (const call of ["step", "gradients", "evaluate"] as const) {
    await expect(trainer[call](empty)).rejects.toThrow(
      new RangeError(`Trainer.${call}: x must have at least one example, got shape [0, 4]`),
    );
  }
  await trainer.step(batch());
  expect(trainer.steps).toBe(1);
  await trainer.dispose();
});
