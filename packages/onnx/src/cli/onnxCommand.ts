import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import { Command } from "commander";
import { addDropConnectCommand } from "./dropConnectCommand.js";
import { addEmbedCommand } from "./embedCommand.js";
import { addInsertCommand } from "./insertCommand.js";
import { addInspectCommand } from "./inspectCommand.js";
import { addNameBatchCommand } from "./nameBatchCommand.js";
import { addRatesAsInputCommand } from "./ratesAsInputCommand.js";
import { addRecurrentToScanCommand } from "./recurrentToScanCommand.js";
import { addReplaceCommand } from "./replaceCommand.js";
import type { Streams } from "./Streams.js";
import { addSortCommand } from "./sortCommand.js";
import { addStripCommand } from "./stripCommand.js";
import type { Terminal } from "./Terminal.js";
import { addUpgradeCommand } from "./upgradeCommand.js";
import { addVariationalCommand } from "./variationalCommand.js";
import { addZoneoutCommand } from "./zoneoutCommand.js";

/** The command line and its help. */
export function onnxCommand(terminal: Terminal, { stdout, stderr }: Streams): Command {
  const command = new Command("dropoutkit-onnx")
    .description("Puts dropout into ONNX models, finds it there, and takes it out again.")
    .version(versionOfPackage())
    .configureHelp({ styleTitle: (title) => styleText("bold", title) })
    .addHelpText(
      "after",
      `
Weights in other files stay there; for another folder they are copied.
Exit codes: 0 done, 1 the model or its file is at fault, 2 the command line is.

Examples:
  $ npx @dropoutkit/onnx inspect model.onnx
  $ npx @dropoutkit/onnx insert model.onnx --after Relu --rate 0.3 -o noisy.onnx
  $ npx @dropoutkit/onnx strip noisy.onnx -o clean.onnx`,
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    });
  addInspectCommand(command, terminal);
  addInsertCommand(command, terminal);
  addReplaceCommand(command, terminal);
  addDropConnectCommand(command, terminal);
  addVariationalCommand(command, terminal);
  addZoneoutCommand(command, terminal);
  addRatesAsInputCommand(command, terminal);
  addRecurrentToScanCommand(command, terminal);
  addStripCommand(command, terminal);
  addUpgradeCommand(command, terminal);
  addSortCommand(command, terminal);
  addNameBatchCommand(command, terminal);
  addEmbedCommand(command, terminal);
  return command;
}

function versionOfPackage(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}
