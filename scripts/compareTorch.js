// @ts-check
/*
 * Trains random networks that PyTorch exports, and compares the gradients and the losses of 20 steps with PyTorch's
 * own, which are float64. Prints what differs, and exits with 1 if anything does. Needs a build, and a Python with
 * torch (environment variable PYTHON; default python3): without one it says so, and compares nothing.
 * node scripts/compareTorch.js [--networks 50] [--seed 0] [--verbose]
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sgd, Trainer } from "../packages/onnx-training/dist/index.js";
import { run } from "./run.js";
import { openRuntime, sessionOptions } from "./tryModels/runtime.js";

/**
 * @typedef {object} Case
 * @property {string} network
 * @property {number} opset
 * @property {string} [unwritten] Why PyTorch could not export it.
 * @property {number[]} shape
 * @property {number[]} input
 * @property {number[]} target
 * @property {number[]} losses
 * @property {Record<string, number[]>} gradients
 * @property {number} learningRate
 * @property {number} momentum
 */

/**
 * Of a gradient, relative to its largest entry: sums of a few hundred float32 products, divided by the deviations that
 * normalisations divide by, lose three of the seven digits at worst.
 */
const GRADIENT_ERROR = 1e-3;
/** Gradients that cancel, such as by a bias in front of a normalisation, are 0 in float64 and rounding here. */
const GRADIENT_ROUNDING = 1e-5;
/** Of a loss: each step adds its rounding, and momentum carries it on. */
const LOSS_ERROR = 1e-3;

const { values } = parseArgs({
  options: {
    networks: { type: "string", default: "50" },
    seed: { type: "string", default: "0" },
    verbose: { type: "boolean", default: false },
  },
});
const { PYTHON = "python3" } = process.env;
if (spawnSync(PYTHON, ["-c", "import torch"]).status === 0) await compareAll();
else console.log(`nothing compared: ${PYTHON} has no torch (PYTHON names another Python)`);

async function compareAll() {
  const folder = mkdtempSync(join(tmpdir(), "random-networks-"));
  try {
    const script = fileURLToPath(new URL("reference/randomNetworks.py", import.meta.url));
    const made = [script, folder, values.networks, values.seed];
    run(PYTHON, made, { cwd: folder, timeoutSeconds: 3600 });
    const ort = await openRuntime("node");
    const rows = [];
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
      const path = join(folder, file);
      /** @type {Case} */
      const given = JSON.parse(readFileSync(path, "utf8"));
      const model = path.replace(/json$/, "onnx");
      if (existsSync(model)) rows.push({ file, given, ...(await outcomeOf(ort, model, given)) });
      else if (values.verbose) console.log(`${file}: not exported: ${given.unwritten}`);
    }
    report(rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The largest errors of one network, or what was thrown.
 * @param {import("./tryModels/runtime.js").Ort} ort
 * @param {string} path
 * @param {Case} given
 * @returns {Promise<{ gradient: number, loss: number, problem?: string }>}
 */
async function outcomeOf(ort, path, given) {
  const { learningRate, momentum, shape, losses } = given;
  const feeds = {
    input: new ort.Tensor("float32", Float32Array.from(given.input), shape),
    target: new ort.Tensor("int64", BigInt64Array.from(given.target, BigInt), [shape[0]]),
  };
  try {
    const trainer = await Trainer.create(ort, readFileSync(path), {
      loss: "loss",
      optimizer: sgd({ learningRate, momentum }),
      weights: Object.keys(given.gradients),
      session: sessionOptions,
    });
    try {
      const { gradients } = await trainer.gradients(feeds);
      let loss = 0;
      for (const expected of losses) {
        const step = await trainer.step(feeds);
        loss = Math.max(loss, Math.abs(step.loss - expected) / (1 + Math.abs(expected)));
      }
      return { gradient: gradientError(given.gradients, gradients), loss };
    } finally {
      await trainer.dispose();
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { gradient: Number.POSITIVE_INFINITY, loss: Number.POSITIVE_INFINITY, problem };
  }
}

/**
 * The largest error of any gradient, relative to its largest entry.
 * @param {Record<string, number[]>} expected
 * @param {import("../packages/onnx-training/dist/index.js").Feeds} actual
 */
function gradientError(expected, actual) {
  const errors = Object.entries(expected).map(([name, values]) => {
    const data = Array.from(actual[name].data, Number);
    const largest = Math.max(...values.map(Math.abs));
    const error = Math.max(...values.map((value, i) => Math.abs(value - data[i])));
    return error / (largest + GRADIENT_ROUNDING / GRADIENT_ERROR);
  });
  return Math.max(...errors);
}

/** @param {({ file: string, given: Case } & Awaited<ReturnType<typeof outcomeOf>>)[]} rows */
function report(rows) {
  const wrong = rows.filter(
    ({ gradient, loss }) => !(gradient <= GRADIENT_ERROR && loss <= LOSS_ERROR),
  );
  for (const { file, given, gradient, loss, problem } of values.verbose ? rows : wrong) {
    const what =
      problem ?? `gradient off by ${gradient.toExponential(1)}, loss by ${loss.toExponential(1)}`;
    console.log(`${file}: opset ${given.opset}: ${what}`);
    if (wrong.some((row) => row.file === file)) console.log(given.network);
  }
  const medians = [rows.map(({ gradient }) => gradient), rows.map(({ loss }) => loss)].map(median);
  const [gradient, loss] = medians.map((value) => value.toExponential(1));
  console.log(
    `${rows.length} networks: ${wrong.length} differ; median errors: gradient ${gradient}, loss ${loss}`,
  );
  if (rows.length === 0 || wrong.length > 0) process.exitCode = 1;
}

/** @param {number[]} numbers */
function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
