#!/usr/bin/env node
import { CommanderError } from "commander";
import { messageOf } from "./cli/messageOf.js";
import { onnxCommand } from "./cli/onnxCommand.js";
import { terminalOn } from "./cli/Terminal.js";

const stop = new AbortController();
const terminal = terminalOn(process, stop.signal);
process.once("SIGINT", () => stop.abort());
// A reader such as `head` has seen enough.
process.stdout.once("error", () => process.exit(0));

try {
  await onnxCommand(terminal).parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
} finally {
  terminal.stop();
}

/** 130 for an interrupt, 2 for a wrong command line, which commander has explained, 1 for what is explained here. */
function exitCodeOf(error: unknown): number {
  if (stop.signal.aborted) return 130;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`${messageOf(error)}\n`);
  return 1;
}
