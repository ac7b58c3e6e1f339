import { type Command, InvalidArgumentError, Option } from "commander";
import type { NoiseSource } from "../sites/site.js";

/** What every command that writes a model takes. */
export interface OutputOptions {
  readonly output?: string;
  readonly dryRun?: true;
  readonly force?: true;
  readonly json?: true;
}

export const addOutputOptions = (command: Command): Command =>
  command
    .option("-o, --output <file>", "the new model")
    .option("--dry-run", "show what would be done, and write nothing")
    .option(
      "--force",
      "replace the model itself, or files with its weights, if the output is there",
    )
    .option("--json", "write JSON instead of a table");

export interface NoiseOptions {
  readonly noise?: NoiseSource;
}

export const noiseOption = (): Option =>
  new Option(
    "--noise <source>",
    "feeds: an input for each site, which maskFeeds fills (opset 9 and later); graph: the model draws, from one input dropout.key (opset 18 and later)",
  )
    .choices(["feeds", "graph"])
    .default("feeds");

export const rateOption = (): Option =>
  new Option("--rate <p>", "drop probability in [0, 1]").argParser(rateOf);

export function rateOf(text: string): number {
  const rate = text.trim() === "" ? Number.NaN : Number(text);
  if (rate >= 0 && rate <= 1) return rate;
  throw new InvalidArgumentError("It must be a number in [0, 1].");
}

export function countOf(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be an integer >= 1.");
}

/** Gathers an option that may be given several times. */
export const gather = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** `gather`, of lists with commas, which operators do not have. */
export const gatherList = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  ...text.split(",").map((item) => item.trim()),
];
