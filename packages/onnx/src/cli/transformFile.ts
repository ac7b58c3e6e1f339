import { resolve } from "node:path";
import type { Command } from "commander";
import type { OnnxModel } from "../codec.js";
import { readModel } from "../external/readModel.js";
import { writeModel } from "../external/writeModel.js";
import type { DropoutSite } from "../inspect/dropoutSites.js";
import { inspectDropout } from "../transforms/inspectDropout.js";
import type { OutputOptions } from "./options.js";
import { siteTable } from "./siteTable.js";
import type { Terminal } from "./Terminal.js";

/** What a command does to a model. */
export interface TransformFileOptions {
  readonly input: string;
  transform(model: OnnxModel): OnnxModel;
  /** The sites to be shown, of those before and those after. */
  sites(before: readonly DropoutSite[], after: readonly DropoutSite[]): readonly DropoutSite[];
  /** What was done to the sites that are shown: `inserted 2 sites`. */
  done(sites: string): string;
}

/** Reads a model, transforms it, shows what was done, and writes the result, unless it is a dry run. */
export async function transformFile(
  command: Command,
  terminal: Terminal,
  { input, transform, sites, done }: TransformFileOptions,
): Promise<void> {
  const { output, dryRun, force, json } = command.opts<OutputOptions>();
  if (output === undefined && !dryRun) {
    command.error("error: option '-o, --output <file>' must be given, or '--dry-run'");
  }
  if (output !== undefined && resolve(output) === resolve(input) && !force) {
    command.error("error: output must be another file than the model, unless '--force' is given");
  }
  const model = await readModel(input);
  const result = transform(model);
  const shown = sites(inspectDropout(model).sites, inspectDropout(result).sites);
  if (output !== undefined && !dryRun) {
    const { signal, showCopy: onProgress } = terminal;
    await writeModel(result, output, {
      source: input,
      overwrite: force === true,
      onProgress,
      signal,
    });
  }
  const written = dryRun ? undefined : output;
  if (json) {
    terminal.write(JSON.stringify({ output: written ?? null, sites: shown }, null, 2));
    return;
  }
  if (shown.length > 0) terminal.write(siteTable(terminal, shown));
  const count = `${shown.length} ${shown.length === 1 ? "site" : "sites"}`;
  const summary = done(count);
  terminal.write(written === undefined ? `would have ${summary}` : `${summary}: ${written}`);
}

/** The sites that were not there before. */
export function addedSites(
  before: readonly DropoutSite[],
  after: readonly DropoutSite[],
): DropoutSite[] {
  const keyOf = ({ kind, site, place, output }: DropoutSite): string =>
    JSON.stringify([kind, site, place, output]);
  const known = new Set(before.map(keyOf));
  return after.filter((site) => !known.has(keyOf(site)));
}
