/// <reference lib="dom" />
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web/webgpu";
import { expect, test } from "vitest";
import { adam, crossEntropy, l2, Trainer } from "../../src/index.js";
import { noisyMlp } from "./noisyMlp.js";

/** What the runtime's verbose log says of nodes that it puts on the CPU, as "operator (name)"; the first session decides whether it logs. */
async function nodesInLog(open: () => Promise<Trainer>): Promise<readonly [Trainer, string[]]> {
  const { debug, error, info, log, warn } = console;
  const lines: string[] = [];
  const collect = (...words: unknown[]): void => void lines.push(...words.join(" ").split("\n"));
  Object.assign(console, {
    debug: collect,
    error: collect,
    info: collect,
    log: collect,
    warn: collect,
  });
  ort.env.logLevel = "verbose";
  try {
    const trainer = await open();
    const placed = lines.filter((line) => line.includes("VerifyEachNodeIsAssignedToAnEp"));
    const headings = placed.flatMap((line, at) => (line.includes("placed on [") ? [at] : []));
    const from = placed.findIndex((line) => line.includes("placed on [CPUExecutionProvider]"));
    const to = headings.find((at) => at > from) ?? placed.length;
    expect(headings).toHaveLength(2);
    return [
      trainer,
      placed.slice(from + 1, to).map((line) => /\w+ \([^)]*\)/.exec(line)?.[0] ?? line),
    ];
  } finally {
    ort.env.logLevel = "warning";
    Object.assign(console, { debug, error, info, log, warn });
  }
}

test("webgpu: nodesOnCpu finds the nodes that the runtime's own log tells, labels and sizes and log softmax", async () => {
  const [trainer, logged] = await nodesInLog(() =>
    Trainer.create(ort, noisyMlp(), {
      loss: crossEntropy({ logits: "logits" }),
      optimizer: adam({ learningRate: 0.05 }),
      clip: { norm: 1, value: 1 },
      maxNorm: { limit: 1, weights: /weight/ },
      session: { executionProviders: ["webgpu"], logSeverityLevel: 0 },
    }),
  );
  const found = await trainer.nodesOnCpu();
  // The runtime writes the loss as smaller nodes, without names, of which it puts some on the CPU.
  const [loss, ...others] = found.map(({ operator, name }) => `${operator} (${name})`);
  expect(loss).toBe("SoftmaxCrossEntropyLoss (loss)");
  expect(others.sort()).toEqual(logged.filter((node) => !node.endsWith("()")).sort());
  expect(logged.filter((node) => node.endsWith("()"))).toEqual(["LogSoftmax ()", "Unsqueeze ()"]);
  const documented = ["Cast", "Equal", "Gather", "Range", "ReduceProd", "Unsqueeze"];
  const operators = new Set(others.map((node) => node.split(" ")[0]));
  expect([...operators].sort()).toEqual(documented);
  await trainer.dispose();
});

test("webgpu: nodesOnCpu finds none where all nodes are on the GPU", async () => {
  const builder = new GraphBuilder();
  const data = new Float32Array(8).fill(0.5);
  builder.constant(makeTensor({ name: "w", type: "float32", dims: [4, 2], data }));
  const product = builder.op("Gemm", ["x", "w"]);
  builder.op("ReduceMean", [product], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  const inputs = [makeValueInfo("x", { type: "float32", dims: [3, 4] })];
  const model = builder.model({ name: "fixed", inputs, outputs: [], opset: 17 });
  const trainer = await Trainer.create(ort, model, {
    loss: "loss",
    optimizer: adam({ learningRate: 0.05 }),
    penalties: [l2({ factor: 1e-3, weights: /w/ })],
    clip: { norm: 1 },
    session: { executionProviders: ["webgpu"] },
  });
  expect(await trainer.nodesOnCpu()).toEqual([]);
  await trainer.dispose();
});
