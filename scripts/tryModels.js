// @ts-check
/*
 * Tries every .onnx below a folder: each verb of @dropoutkit/onnx and five steps of Trainer, in onnxruntime, with
 * made-up inputs. Prints how each verb went, and what failed; exits with 1 if anything did. Needs a build.
 * node scripts/tryModels.js FOLDER [--only insert,train] [--seconds 120] [--flavour web] [--refusals] [--json report.json]
 *
 * ok       the result ran in the runtime and kept what the verb promises
 * nothing  the model has nothing for the verb, such as no dropout to replace
 * refused  one sentence of ours says why it cannot be
 * failed   anything else
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { verbNames } from "./tryModels/verbs.js";

/** @typedef {import("./tryModels/verbs.js").Outcome & { file: string, verb: string }} Row */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: verbNames.join(",") },
    seconds: { type: "string", default: "120" },
    flavour: { type: "string", default: "node" },
    refusals: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const [folder] = positionals;
if (folder === undefined || positionals.length > 1) {
  throw new Error(`tryModels: one folder must be given, got ${positionals.length}`);
}
const chosen = values.only.split(",");
const unknown = chosen.find((verb) => !verbNames.includes(verb));
if (unknown !== undefined) {
  throw new Error(`tryModels: only must list ${verbNames.join(", ")}, got ${unknown}`);
}
if (!["node", "web"].includes(values.flavour)) {
  throw new Error(`tryModels: flavour must be node or web, got ${values.flavour}`);
}
const limit = Number(values.seconds) * 1000;
if (!(limit > 0)) throw new Error(`tryModels: seconds must be a number > 0, got ${values.seconds}`);

/** @type {Row[]} */
const rows = [];
const files = filesBelow(folder);
/** @type {import("node:child_process").ChildProcess | undefined} */
let worker;
for (const [at, file] of files.entries()) {
  if (process.stderr.isTTY) process.stderr.write(`\r${at + 1} of ${files.length}\x1b[K`);
  for (const verb of chosen) rows.push({ file, verb, ...(await outcomeOf(file, verb)) });
}
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
worker?.kill();
report();

/**
 * Every .onnx file below a folder, as a path within it.
 * @param {string} root
 */
function filesBelow(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".onnx"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * Asks a process of its own, which a model may bring down, or hold up beyond the limit.
 * @param {string} file
 * @param {string} verb
 * @returns {Promise<import("./tryModels/verbs.js").Outcome>}
 */
async function outcomeOf(file, verb) {
  worker ??= fork(fileURLToPath(new URL("tryModels/worker.js", import.meta.url)), [values.flavour]);
  const asked = worker;
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), limit);
  try {
    asked.send({ path: join(folder, file), verb });
    const [answer] = await Promise.race([
      once(asked, "message", { signal: stop.signal }),
      once(asked, "exit", { signal: stop.signal }).then(([code, signal]) => {
        worker = undefined;
        return [{ kind: "failed", message: `the process ended with ${signal ?? code}` }];
      }),
    ]);
    return answer;
  } catch {
    asked.kill("SIGKILL");
    worker = undefined;
    return { kind: "failed", message: `took more than ${values.seconds} s` };
  } finally {
    clearTimeout(late);
    stop.abort();
  }
}

function report() {
  const kinds = ["ok", "nothing", "refused", "failed"];
  console.log(`${files.length} files`);
  console.log(["verb".padEnd(12), ...kinds.map((kind) => kind.padStart(8))].join(""));
  for (const verb of chosen) {
    const counts = kinds.map(
      (kind) => rows.filter((row) => row.verb === verb && row.kind === kind).length,
    );
    console.log([verb.padEnd(12), ...counts.map((count) => `${count}`.padStart(8))].join(""));
  }
  const shown = values.refusals ? ["refused", "failed"] : ["failed"];
  for (const { file, verb, kind, message } of rows) {
    if (shown.includes(kind)) console.log(`${kind}: ${file}: ${verb}: ${message}`);
  }
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(rows, null, 2));
  if (files.length === 0 || rows.some(({ kind }) => kind === "failed")) process.exitCode = 1;
}
