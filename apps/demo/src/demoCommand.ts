import { Command } from "commander";
import { addCompareCommand } from "./commands/compareCommand.js";
import { addCompletionCommand } from "./commands/completionCommand.js";
import type { DemoOutput } from "./commands/DemoOutput.js";
import { addParityCommand } from "./commands/parityCommand.js";
import { addTrainCommand } from "./commands/trainCommand.js";

/** The command line and its help. */
export function demoCommand(
  output: DemoOutput,
  { stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr">,
): Command {
  const command = new Command("demo")
    .description(
      "Trains networks with dropout through @dropoutkit/tfjs, and through @dropoutkit/onnx with @dropoutkit/onnx-training.",
    )
    .addHelpText("after", "\nExit codes: 0 done, 1 what went wrong is said, 2 the command line is.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    });
  addCompareCommand(command, output);
  addTrainCommand(command, output);
  addParityCommand(command, output);
  addCompletionCommand(command, output);
  return command;
}
