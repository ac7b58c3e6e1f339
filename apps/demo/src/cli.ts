import { CommanderError } from "commander";
import { type DemoOptions, demoCommand } from "./options.js";
import { runDemo } from "./runDemo.js";
import { downloadDisplayOn } from "./terminal/downloadProgress.js";
import { progressOn } from "./terminal/progress.js";

const progress = progressOn(process.stderr);
const download = downloadDisplayOn(process.stderr);

process.once("SIGINT", () => {
  leaveTerminal();
  process.exit(130);
});

try {
  const command = demoCommand().exitOverride().parse();
  const options = command.opts<DemoOptions>();
  if (options.after && !options.model) command.error("error: option '--after' needs '--model'");
  await runDemo(options, {
    progress,
    download,
    write: (line) => process.stdout.write(`${line}\n`),
  });
} catch (error) {
  leaveTerminal();
  process.exitCode = exitCodeOf(error);
}

function leaveTerminal(): void {
  progress.stop();
  download.stop();
}

/** 2 for a wrong command line, which commander has explained, 1 for what is explained here. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}
