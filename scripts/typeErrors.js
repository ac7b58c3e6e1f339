// @ts-check
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.js";

/**
 * What a TypeScript compiler says against the program of a folder, and against the declarations of our packages that are
 * installed there; what it says against those of others, which neither we nor our users write, is left out. It writes
 * `program.js`.
 * @param {string} folder With `program.ts`.
 * @param {string} compiler The script of a `tsc`.
 * @returns {string[]}
 */
export function typeErrors(folder, compiler) {
  const compilerOptions = { module: "NodeNext", target: "ES2022", strict: true, types: [] };
  const config = { compilerOptions, files: ["program.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const args = [compiler, "-p", folder, "--pretty", "false"];
  const output = run("node", args, { cwd: folder, mayFail: true });
  return output
    .split(/\n(?! )/)
    .filter((line) => / error TS\d+:|^error TS/.test(line) && isOurs(line));
}

/** @param {string} line */
function isOurs(line) {
  const [path] = line.split(/\(\d+,\d+\): /);
  return !path.includes("node_modules/") || path.includes("node_modules/@dropoutkit/");
}
