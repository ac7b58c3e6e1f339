// @ts-check
/*
 * Gives files that are wrong in one way to the transforms of @dropoutkit/onnx. Each must be an error
 * of one sentence, or a model that stays valid, within a second and without much memory. Needs a build.
 * node scripts/fuzzOnnx.js [--runs 2000] [--seed 0] [--first 0]
 */
import { parseArgs } from "node:util";
import { drawUniform } from "../packages/core/dist/adapter.js";
import { inferShapes } from "../packages/onnx/dist/graph.js";
import {
  decodeModel,
  dropout,
  encodeModel,
  insertDropout,
  inspectDropout,
  stripDropout,
} from "../packages/onnx/dist/index.js";
import { deepFile, seedFiles } from "./fuzz/models.js";
import { mutations } from "./fuzz/mutations.js";

/** What one file may take of the processor, so that others beside do not count: a hang is far beyond. */
const MAX_MS = 1000;
/** What the peak of the process may grow by, beside ten times the file: garbage between two collections. */
const MAX_GROWTH = 64e6;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "2000" },
    seed: { type: "string", default: "0" },
    first: { type: "string", default: "0" },
  },
});
const [runs, seed, first] = [values.runs, values.seed, values.first].map(Number);

const files = seedFiles();
const kinds = Object.keys(mutations);
/** @type {Record<string, number>} */
const counts = { models: 0, errors: 0 };
const slowest = { ms: 0, label: "" };
let failures = 0;

// The first runs warm the compiler up, and the heap.
for (const file of files) transformAll(file);
for (const depth of [100, 200]) tryFile(`${depth} nested graphs`, deepFile(depth));
for (const depth of [201, 1000, 10_000, 100_000]) {
  tryFile(`${depth} nested graphs`, deepFile(depth), "error");
}
for (let run = first; run < first + runs; run++) {
  const file = files[run % files.length];
  const kind = kinds[Math.floor(run / files.length) % kinds.length];
  tryFile(`run ${run}, ${kind}`, mutations[kind](file, picksOf(run)));
}
console.log(
  `${runs} files: ${counts.models} models, ${counts.errors} errors, ${failures} failures; slowest ${slowest.ms.toFixed(0)} ms (${slowest.label}), peak ${(peakBytes() / 1e6).toFixed(0)} MB`,
);
process.exitCode = failures === 0 ? 0 : 1;

/**
 * Numbers that depend on the seed and the run alone.
 * @param {number} run
 * @returns {(count: number) => number}
 */
function picksOf(run) {
  const draws = drawUniform({ seed, site: "fuzz", step: run, shape: [64] });
  let next = 0;
  return (count) => Math.floor(draws[next++ % draws.length] * count);
}

/**
 * @param {string} label
 * @param {Uint8Array} file
 * @param {"error"} [expected]
 */
function tryFile(label, file, expected) {
  const peak = peakBytes();
  const start = process.cpuUsage();
  const problem = outcomeOf(file);
  const { user, system } = process.cpuUsage(start);
  const ms = (user + system) / 1000;
  if (ms > slowest.ms) Object.assign(slowest, { ms, label });
  const growth = peakBytes() - peak;
  if (problem.startsWith("FAIL")) fail(label, problem);
  else if (expected && problem === "") fail(label, "must be an error, got a model");
  else counts[problem === "" ? "models" : "errors"]++;
  if (ms > MAX_MS) fail(label, `must take at most ${MAX_MS} ms, got ${ms.toFixed(0)}`);
  if (growth > MAX_GROWTH + 10 * file.length) {
    fail(label, `must take at most ten times its ${file.length} bytes, got ${growth}`);
  }
}

/**
 * @param {string} label
 * @param {string} problem
 */
function fail(label, problem) {
  failures++;
  console.error(`${label}: ${problem}`);
}

/**
 * Nothing for a file that is a model through all transforms, else what was thrown.
 * @param {Uint8Array} file
 */
function outcomeOf(file) {
  try {
    transformAll(file);
    return "";
  } catch (error) {
    return isOneSentence(error) ? error.message : `FAIL ${stackOf(error)}`;
  }
}

/** @param {Uint8Array} file */
function transformAll(file) {
  const model = decodeModel(file);
  inspectDropout(model);
  inferShapes(model);
  const relus = model.graph.node.some(({ opType }) => opType === "Relu");
  const variant = dropout({ rate: 0.5 });
  // Beside the sites that a file may have.
  const site = (/** @type {{ tensor: string }} */ { tensor }) => `fuzz/${tensor}`;
  const noisy = relus ? insertDropout(model, { variant, after: { opType: "Relu" }, site }) : model;
  const bytes = encodeModel(noisy);
  inspectDropout(bytes);
  decodeModel(encodeModel(stripDropout(bytes)));
}

/**
 * An error of ours: `owner: what must hold, got value`.
 * @param {unknown} error
 * @returns {error is Error}
 */
function isOneSentence(error) {
  return error instanceof Error && /^[a-zA-Z]+: .* must .*, got /s.test(error.message);
}

/** @param {unknown} error */
function stackOf(error) {
  return error instanceof Error ? error.stack?.split("\n").slice(0, 4).join("\n") : String(error);
}

function peakBytes() {
  return process.resourceUsage().maxRSS * 1024;
}
