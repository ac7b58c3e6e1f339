import { dropout } from "@dropoutkit/core";
import type { Command } from "commander";
import type { After } from "../insert/choosePlaces.js";
import { insertDropout, type SkippedPlace } from "../transforms/insertDropout.js";
import {
  addOutputOptions,
  gather,
  gatherList,
  type NoiseOptions,
  noiseOption,
  rateOption,
} from "./options.js";
import type { Terminal } from "./Terminal.js";
import { addedSites, transformFile } from "./transformFile.js";
import { addVariantOptions, variantOf, variants } from "./variants.js";

interface InsertOptions extends NoiseOptions {
  readonly rate: number;
  readonly after?: readonly string[];
  readonly scope?: readonly string[];
  readonly tensor?: readonly string[];
  readonly skipUnknown?: true;
}

export function addInsertCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("insert")
    .description("Puts dropout after tensors; their readers read the noisy ones.")
    .argument("<model>", "an .onnx file")
    .addOption(rateOption().makeOptionMandatory())
    .option("--after <types>", "after operators of these types, such as Relu,Gelu", gatherList)
    .option(
      "--scope <start>",
      "after what leaves a scope; with --after, of operators in it",
      gather,
    )
    .option("--tensor <name>", "after a tensor; may be given several times", gather)
    .option("--skip-unknown", "leave out places whose shape is not known, and list them");
  addVariantOptions(command, variants).addOption(noiseOption());
  addOutputOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx insert model.onnx --after Relu --rate 0.3 --dry-run
  $ npx @dropoutkit/onnx insert model.onnx --after Relu --variant spatial-dropout --rate 0.3 -o noisy.onnx
  $ npx @dropoutkit/onnx insert model.onnx --tensor /fc1/Gemm_output_0 --rate 0.5 --noise graph -o noisy.onnx
  $ npx @dropoutkit/onnx insert model.onnx --scope /encoder/layer.0/ --rate 0.1 -o noisy.onnx`,
    )
    .action(async (input: string, options: InsertOptions) => {
      const after = afterOf(command, options);
      const variant = (variantOf(command, variants) ?? dropout)({ rate: options.rate });
      const { noise, skipUnknown } = options;
      const skipped: Record<SkippedPlace["reason"], string[]> = { shape: [], axes: [] };
      const onSkip = ({ reason, site, tensor }: SkippedPlace): void => {
        if (reason === "shape" && !skipUnknown) {
          throw new Error(
            `insert: tensor ${tensor} must have a known shape, got none; --skip-unknown leaves it out`,
          );
        }
        skipped[reason].push(site);
      };
      const left = (): string =>
        [
          ...(skipped.shape.length > 0 ? [`no shape is known of ${skipped.shape.join(", ")}`] : []),
          ...(skipped.axes.length > 0
            ? [
                `${skipped.axes.join(", ")} ${skipped.axes.length > 1 ? "have" : "has"} too few axes`,
              ]
            : []),
        ].join("; ");
      await transformFile(command, terminal, {
        input,
        transform: (model) =>
          insertDropout(model, {
            variant,
            after,
            ...(noise && { noise }),
            onSkip,
          }),
        sites: addedSites,
        done: (sites) => [`inserted ${sites}`, left()].filter(Boolean).join("; "),
        nothing: () => left() || "dropout is in these places already",
        facts: () => ({ skipped: [...skipped.shape, ...skipped.axes] }),
      });
    });
}

function afterOf(command: Command, { after, scope, tensor }: InsertOptions): After {
  if (tensor !== undefined && after === undefined && scope === undefined) return { tensor };
  if (tensor === undefined && after !== undefined) {
    return { opType: after, ...(scope && { scope }) };
  }
  if (tensor === undefined && scope !== undefined) return { scope };
  return command.error(
    "error: one of '--after', '--scope' and '--tensor' must say where, and '--tensor' stands alone",
  );
}
