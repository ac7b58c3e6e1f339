import { CommanderError } from "commander";
import { UsageError } from "./commands/UsageError.js";
import { demoCommand } from "./demoCommand.js";
import { downloadDisplayOn } from "./terminal/downloadProgress.js";
import { progressOn } from "./terminal/progress.js";

/** What the command writes to. */
export type Streams = Pick<NodeJS.Process, "stdout" | "stderr">;

/** A command line that runs. */
export interface RunningDemo {
  /** The exit code: 2 for a wrong command line, 1 for what else went wrong. */
  readonly code: Promise<number>;
  /** Leaves the terminal as it was found. */
  leave(): void;
}

/**
 * Runs a command line.
 * @param args Without the names of the runtime and the program.
 */
export function runDemo(args: readonly string[], { stdout, stderr }: Streams): RunningDemo {
  const progress = progressOn(stderr);
  const download = downloadDisplayOn(stderr);
  const leave = (): void => {
    progress.stop();
    download.stop();
  };
  const write = (line: string): void => void stdout.write(`${line}\n`);
  const run = async (): Promise<number> => {
    try {
      const command = demoCommand({ progress, download, write }, { stdout, stderr });
      await command.parseAsync(args, { from: "user" });
      return 0;
    } catch (error) {
      leave();
      return explained(error, stderr);
    }
  };
  return { code: run(), leave };
}

/** Says what went wrong, where commander has not. */
function explained(error: unknown, stderr: Streams["stderr"]): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const message = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof UsageError;
  stderr.write(`${isUsage ? "error: " : ""}${message}\n`);
  return isUsage ? 2 : 1;
}
