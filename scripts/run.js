// @ts-check
import { spawnSync } from "node:child_process";

/**
 * Runs a command to its end, without input, and returns what it wrote to stdout.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, timeoutSeconds?: number, mayFail?: boolean }} options
 * @throws {Error} With all output, if the command takes longer than `timeoutSeconds` (300), or fails and may not.
 */
export function run(command, args, { cwd, env = {}, timeoutSeconds = 300, mayFail = false }) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    timeout: timeoutSeconds * 1000,
  });
  if (error === undefined && (status === 0 || mayFail)) return stdout;
  const cause = error === undefined ? `exit code ${status}` : error.message;
  const output = `${stdout ?? ""}${stderr ?? ""}`.trimEnd();
  throw new Error(`${[command, ...args].join(" ")}: must succeed, got ${cause}\n${output}`);
}
