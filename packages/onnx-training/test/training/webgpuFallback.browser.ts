/// <reference lib="dom" />
import * as ort from "onnxruntime-web/webgpu";
import { expect, test } from "vitest";
import { adam, crossEntropy, Trainer } from "../../src/index.js";
import { noisyMlp } from "../noisyMlp.js";

/** The operators that the runtime puts on the CPU, as it tells in its verbose log; the first session decides whether it does. */
async function operatorsOnCpu(open: () => Promise<Trainer>): Promise<Set<string>> {
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
    await (await open()).dispose();
  } finally {
    ort.env.logLevel = "warning";
    Object.assign(console, { debug, error, info, log, warn });
  }
  const placed = lines.filter((line) => line.includes("VerifyEachNodeIsAssignedToAnEp"));
  const headings = placed.flatMap((line, at) => (line.includes("placed on [") ? [at] : []));
  const from = placed.findIndex((line) => line.includes("placed on [CPUExecutionProvider]"));
  const to = headings.find((at) => at > from) ?? placed.length;
  expect(headings).toHaveLength(2);
  const operators = placed.slice(from + 1, to).map((line) => / (\w+) \(/.exec(line)?.[1] ?? line);
  return new Set(operators);
}

test("webgpu: what is left to the CPU computes with labels and sizes, and log softmax", async () => {
  const found = await operatorsOnCpu(() =>
    Trainer.create(ort, noisyMlp(), {
      loss: crossEntropy({ logits: "logits" }),
      optimizer: adam({ learningRate: 0.05 }),
      clip: { norm: 1, value: 1 },
      maxNorm: { limit: 1, parameters: /weight/ },
      session: { executionProviders: ["webgpu"], logSeverityLevel: 0 },
    }),
  );
  const documented = ["Cast", "Equal", "Gather", "LogSoftmax", "Range", "Size", "Unsqueeze"];
  expect([...found].sort()).toEqual(documented);
});
