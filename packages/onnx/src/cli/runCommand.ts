import { CommanderError } from "commander";
import { messageOf } from "./messageOf.js";
import { onnxCommand } from "./onnxCommand.js";
import type { Streams } from "./Streams.js";
import { terminalOn } from "./Terminal.js";

/**
 * Runs a command line.
 * @param args Without the names of the runtime and the program.
 * @returns The exit code: 130 for an interrupt, 2 for a wrong command line, 1 where a model or a file is at fault.
 */
export async function runCommand(
  args: readonly string[],
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  const terminal = terminalOn(streams, signal);
  try {
    await onnxCommand(terminal, streams).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (signal.aborted) return 130;
    // The command line has been explained already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    streams.stderr.write(`${messageOf(error)}\n`);
    return 1;
  } finally {
    terminal.stop();
  }
}
