// @ts-check
import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

/**
 * One test of dieharder's: its number, the size of its tuples where it takes one, and how often it
 * is repeated for a p-value where that is not the default.
 * @typedef {{ test: number, tuple?: number, samples?: number }} Test
 */

/** @typedef {{ name: string, tuple: string, p: number, line: string }} Result */

/**
 * Runs a test on a stream of bytes, and takes as many as it needs.
 * @param {Test} test
 * @param {Iterable<Uint8Array>} bytes
 * @returns {Promise<Result[]>} One result for each p-value.
 * @throws {Error} If dieharder is not there, or reports nothing.
 */
export async function dieharder({ test, tuple, samples }, bytes) {
  const stdinRaw = ["-g", "200"];
  const options = [
    ...["-d", `${test}`],
    ...(tuple === undefined ? [] : ["-n", `${tuple}`]),
    ...(samples === undefined ? [] : ["-p", `${samples}`]),
  ];
  const child = spawn("dieharder", [...stdinRaw, ...options], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  // dieharder ends when it has enough: the broken pipe is no error.
  const fed = pipeline(Readable.from(bytes, { highWaterMark: 1 }), child.stdin).catch(
    (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    },
  );
  const failed = new Promise((_, reject) => child.once("error", reject));
  const report = await Promise.race([text(child.stdout), failed]);
  await fed;
  const results = parseReport(report);
  if (results.length === 0) throw new Error(`dieharder: must report p-values, got ${report}`);
  return results;
}

/**
 * @param {string} report
 * @returns {Result[]}
 */
function parseReport(report) {
  const row = /^ *(\w+) *\| *(\d+) *\| *\d+ *\| *\d+ *\| *([\d.]+) *\|.*$/gm;
  return [...report.matchAll(row)].map(([line, name, tuple, p]) => ({
    name,
    tuple,
    p: Number(p),
    line,
  }));
}
