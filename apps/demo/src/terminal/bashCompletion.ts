import type { Command, Option } from "commander";

/** A script that completes a program's commands, options and their choices in bash, and in zsh with `bashcompinit`. */
export function bashCompletion(program: Command): string {
  const name = program.name();
  const cases = program.commands.map(
    (command) => `    ${command.name()}) words="${flagsOf(command).join(" ")}" ;;`,
  );
  const commands = program.commands.map((command) => command.name());
  return `_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
${choicesOf(program).join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    *) words="${[...commands, ...defaultFlags(program)].join(" ")}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _${name} ${name}`;
}

const flagsOf = ({ options }: Command): string[] => [
  ...options.flatMap(({ long }) => (long ? [long] : [])),
  "--help",
];

/** Those of the command that is run where none is named. */
function defaultFlags({ commands }: Command): string[] {
  const [first] = commands;
  return first ? flagsOf(first) : [];
}

/** What may follow an option: its choices, or files where it takes one. */
function choicesOf(program: Command): string[] {
  const options = new Map(
    program.commands.flatMap((command) => command.options.map((option) => [option.long, option])),
  );
  return [...options.values()].flatMap((option) => {
    const reply = replyOf(option);
    return reply === undefined ? [] : [`    ${option.long}) COMPREPLY=(${reply}); return ;;`];
  });
}

function replyOf({ argChoices, flags, required }: Option): string | undefined {
  if (argChoices) return `$(compgen -W "${argChoices.join(" ")}" -- "$current")`;
  if (/<(file|folder)/.test(flags)) return `$(compgen -f -- "$current")`;
  return required ? "" : undefined;
}
