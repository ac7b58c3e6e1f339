import { resolve } from "node:path";
import type { Command } from "commander";
import { readModel } from "../external/readModel.js";
import { writeModel } from "../external/writeModel.js";
import type { DropoutSite } from "../inspect/dropoutSites.js";
import { encodeModel } from "../model/encodeModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { ModelProto } from "../model/schema.js";
import { inspectDropout } from "../transforms/inspectDropout.js";
import type { OutputOptions } from "./options.js";
import { siteTable } from "./siteTable.js";
import type { Terminal } from "./Terminal.js";

/** What a command does to a model. */
export interface TransformFileOptions {
  readonly input: string;
  transform(model: OnnxModel): OnnxModel | Promise<OnnxModel>;
  /** The model that the result is compared with. Default: the one that is transformed. */
  before?(input: string): Promise<ModelProto>;
  /** The sites to be shown, of those before and those after. */
  sites(before: readonly DropoutSite[], after: readonly DropoutSite[]): readonly DropoutSite[];
  /** What was done to the sites that are shown: `inserted 2 sites`. */
  done(sites: string): string;
  /** Why nothing was done, where the model stays as it is: `it has no dropout`. */
  nothing(): string;
  /** What JSON tells beside the output and the sites. */
  facts?(): Readonly<Record<string, unknown>>;
}

/**
 * Reads a model, transforms it, shows what was done, and writes the result, unless it is a dry run. A model that stays
 * as it is, is not written.
 */
export async function transformFile(
  command: Command,
  terminal: Terminal,
  { input, transform, before, sites, done, nothing, facts }: TransformFileOptions,
): Promise<void> {
  const { output, dryRun, force, json } = command.opts<OutputOptions>();
  if (output === undefined && !dryRun) {
    command.error("error: option '-o, --output <file>' must be given, or '--dry-run'");
  }
  if (output !== undefined && resolve(output) === resolve(input) && !force) {
    command.error("error: output must be another file than the model, unless '--force' is given");
  }
  const model = await readModel(input);
  const result = await transform(model);
  const isChanged = !isSameModel((await before?.(input)) ?? model, result);
  const shown = sites(inspectDropout(model).sites, inspectDropout(result).sites);
  const written = dryRun || !isChanged ? undefined : output;
  if (written !== undefined) {
    const { signal, showCopy: onProgress } = terminal;
    await writeModel(result, written, {
      source: input,
      overwrite: force === true,
      onProgress,
      signal,
    });
  }
  if (json) {
    terminal.write(
      JSON.stringify({ output: written ?? null, sites: shown, ...facts?.() }, null, 2),
    );
    return;
  }
  if (!isChanged) {
    terminal.write(`nothing to do, and nothing written: ${nothing()}`);
    return;
  }
  if (shown.length > 0) terminal.write(siteTable(terminal, shown));
  const count = `${shown.length} ${shown.length === 1 ? "site" : "sites"}`;
  const summary = done(count);
  terminal.write(written === undefined ? `would have ${summary}` : `${summary}: ${written}`);
}

/** Whether two models are the same file. */
function isSameModel(a: ModelProto, b: ModelProto): boolean {
  const [bytes, others] = [encodeModel(a), encodeModel(b)];
  return Buffer.compare(bytes, others) === 0;
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
