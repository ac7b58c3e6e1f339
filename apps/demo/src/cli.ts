import { CommanderError } from "commander";
import { UsageError } from "./commands/UsageError.js";
import { demoCommand } from "./demoCommand.js";
import { downloadDisplayOn } from "./terminal/downloadProgress.js";
import { progressOn } from "./terminal/progress.js";

const progress = progressOn(process.stderr);
const download = downloadDisplayOn(process.stderr);

process.once("SIGINT", () => {
  leaveTerminal();
  process.exit(130);
});

try {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  await demoCommand({ progress, download, write }).parseAsync();
} catch (error) {
  leaveTerminal();
  process.exitCode = exitCodeOf(error);
}

function leaveTerminal(): void {
  progress.stop();
  download.stop();
}

/** 2 for a wrong command line, which commander may have explained, 1 for what else went wrong. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const message = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof UsageError;
  process.stderr.write(`${isUsage ? "error: " : ""}${message}\n`);
  return isUsage ? 2 : 1;
}
