import {
  copyMessage,
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  type OnnxModel,
} from "@dropoutkit/onnx";
import { describe, expect, test } from "vitest";
import { batch, mlp, noisyMlp } from "../noisyMlp.js";
import { open } from "./trainNoisyMlp.js";

/** The MLP behind a weight that is stored in int8 with a scale. */
function quantised(): OnnxModel {
  const model = mlp();
  const { graph } = model;
  const builder = new GraphBuilder("", graph);
  const data = new Uint8Array(8).fill(128);
  const stored = builder.constant(makeTensor({ name: "q", type: "uint8", dims: [8], data }));
  const scale = builder.scalar("float32", 0.5);
  builder.op("DequantizeLinear", [stored, scale], { name: "dequantize", outputs: ["fc1.bias"] });
  graph.initializer = [
    ...graph.initializer.filter(({ name }) => name !== "fc1.bias"),
    ...builder.initializers,
  ];
  graph.node.unshift(...builder.nodes);
  return model;
}

describe("Trainer.create: errors", () => {
  test("a loss that is no scalar, or not there", async () => {
    await expect(open({ loss: "logits" })).rejects.toThrow(
      "Trainer: loss logits must be a scalar, got [batch, 3]",
    );
    await expect(open({ loss: "logit" })).rejects.toThrow(
      "Trainer: loss must be a tensor of the model, got logit; did you mean logits?",
    );
  });

  test("integer weights", async () => {
    const model = mlp();
    const data = BigInt64Array.of(0n);
    const index = makeTensor({ name: "index", type: "int64", dims: [1], data });
    model.graph.initializer.push(index);
    const reads = model.graph.node[0];
    model.graph.node[0] = copyMessage(reads, { input: [...reads.input.slice(0, 2), "index"] });
    await expect(open({ trainable: ["index"] }, model)).rejects.toThrow(
      new TypeError("Trainer: parameter index must hold float32, got int64"),
    );
  });

  test("weights of a type that is not computed with", async () => {
    const model = mlp();
    model.graph.initializer[0] = copyMessage(model.graph.initializer[0], {
      dataType: 10,
      rawData: new Uint8Array(64),
    });
    await expect(open({ trainable: ["fc1.weight"] }, model)).rejects.toThrow(
      new TypeError("Trainer: parameter fc1.weight must hold float32, got data type 10"),
    );
  });

  test("a quantised model", async () => {
    await expect(open({}, quantised())).rejects.toThrow(
      "Trainer: model must not be quantised, got DequantizeLinear (node dequantize); train the float32 model, then quantise it",
    );
  });

  test("a model without weights", async () => {
    const builder = new GraphBuilder();
    builder.op("Relu", ["x"], { outputs: ["logits"] });
    const value = (name: string) => makeValueInfo(name, { type: "float32", dims: ["batch", 3] });
    const options = { inputs: [value("x")], outputs: [value("logits")], opset: 17 };
    await expect(open({}, builder.model({ name: "none", ...options }))).rejects.toThrow(
      "Trainer: model must have float32 weights that loss depends on, got none",
    );
  });

  test("rates for a model without dropout", async () => {
    await expect(open({ rates: () => 0.5 }, mlp())).rejects.toThrow(
      "rateAsInput: model must have a site with a rate, got none",
    );
  });

  test("a rate outside [0, 1] at a step leaves the state as it was", async () => {
    const trainer = await open({ rates: () => 1.5 }, noisyMlp());
    await expect(trainer.gradients({})).rejects.toThrow(
      "Trainer.gradients: feeds must be x, labels",
    );
    await expect(trainer.step(batch())).rejects.toThrow("must be in [0, 1], got 1.5");
    expect(trainer.steps).toBe(0);
    await trainer.dispose();
  });
});

test("Trainer.nodesOnCpu: none where the CPU is all that the session has", async () => {
  const trainer = await open({ session: { executionProviders: ["wasm"] } });
  expect(await trainer.nodesOnCpu()).toEqual([]);
  await trainer.dispose();
});
