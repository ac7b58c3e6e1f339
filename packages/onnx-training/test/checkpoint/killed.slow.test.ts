import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeModel } from "@dropoutkit/onnx";
import { expect, test } from "vitest";
import { noisyMlp } from "../trainer/noisyMlp.js";

/** Steps that are trained in all. */
const STEPS = 12;

/** Trains on from the checkpoint in a file, if it is there, and writes one after each step; prints step and loss. */
const SCRIPT = `
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
const [index, model, file] = process.argv.slice(1);
const { adam, crossEntropy, Trainer } = await import(index);
ort.env.logLevel = "error";
const loss = crossEntropy({ logits: "logits" });
const options = { loss, optimizer: adam({ learningRate: 0.05 }), accumulate: 2 };
const trainer = existsSync(file)
  ? await Trainer.resume(ort, readFileSync(file), options)
  : await Trainer.create(ort, readFileSync(model), { ...options, seed: 7 });
while (trainer.steps < ${STEPS}) {
  const step = trainer.steps;
  const x = Float32Array.from({ length: 48 }, (_, i) => Math.sin(i + step));
  const labels = BigInt64Array.from({ length: 12 }, (_, i) => BigInt((i + step) % 3));
  const { loss } = await trainer.step({
    x: new ort.Tensor("float32", x, [12, 4]),
    labels: new ort.Tensor("int64", labels, [12]),
  });
  // A rename leaves the old file or the new one, whenever the process ends.
  writeFileSync(file + ".new", await trainer.checkpoint());
  renameSync(file + ".new", file);
  console.log(step + " " + loss);
}
process.exit(0);
`;

interface Run {
  readonly child: ChildProcess;
  /** The losses that it printed, by their steps. */
  readonly losses: Map<number, number>;
}

function start(model: string, file: string): Run {
  const index = new URL("../../dist/index.js", import.meta.url).href;
  const child = spawn(
    process.execPath,
    ["--input-type=module", "--eval", SCRIPT, index, model, file],
    { cwd: new URL("../..", import.meta.url), stdio: ["ignore", "pipe", "inherit"] },
  );
  const losses = new Map<number, number>();
  let text = "";
  child.stdout?.on("data", (chunk) => {
    const lines = `${text}${chunk}`.split("\n");
    text = lines.pop() ?? "";
    for (const [step, loss] of lines.map((line) => line.split(" "))) {
      losses.set(Number(step), Number(loss));
    }
  });
  return { child, losses };
}

test("checkpoint: a run killed twice and resumed has the losses and the last file of one that was not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dropoutkit-killed-"));
  try {
    const [model, file, whole] = ["model.onnx", "a.onnx", "b.onnx"].map((name) =>
      join(folder, name),
    );
    writeFileSync(model, encodeModel(noisyMlp()));
    const reference = start(model, whole);
    await once(reference.child, "exit");
    expect([...reference.losses.keys()]).toEqual(Array.from({ length: STEPS }, (_, step) => step));
    const seen: [number, number][] = [];
    for (const kills of [true, true, false]) {
      const { child, losses } = start(model, file);
      // In the middle of an accumulation, if it gets there: 2 batches are an update.
      if (kills) child.stdout?.once("data", () => child.kill("SIGKILL"));
      await once(child, "exit");
      expect(child.signalCode).toBe(kills ? "SIGKILL" : null);
      seen.push(...losses);
    }
    for (const [step, loss] of seen) expect(loss).toBe(reference.losses.get(step));
    expect(seen.at(-1)?.[0]).toBe(STEPS - 1);
    expect(readFileSync(file).equals(readFileSync(whole))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
