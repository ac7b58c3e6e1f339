import type { Command } from "commander";
import { bashCompletion } from "../terminal/bashCompletion.js";
import type { DemoOutput } from "./DemoOutput.js";

export function addCompletionCommand(program: Command, { write }: DemoOutput): void {
  program
    .command("completion")
    .description("Writes a script that completes commands, options and names in bash and zsh.")
    .addHelpText(
      "after",
      `
Examples:
  $ alias demo="node $PWD/apps/demo/dist/cli.js"
  $ source <(demo completion)
  $ autoload bashcompinit && bashcompinit && source <(demo completion)   # zsh`,
    )
    .action(() => write(bashCompletion(program)));
}
