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
  $ DEMO=$PWD/apps/demo/dist/cli.js
  $ demo() { node "$DEMO" "$@"; }   # no alias: zsh completes what that stands for
  $ source <(demo completion)
  $ autoload bashcompinit && bashcompinit && source <(demo completion)   # zsh`,
    )
    .action(() => write(bashCompletion(program)));
}
