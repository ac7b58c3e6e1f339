import type { Command } from "commander";
import { constantTensors } from "../constants/constantTensors.js";
import { externalTensors } from "../external/externalData.js";
import { readModel } from "../external/readModel.js";
import { isFloat } from "../inspect/isFloat.js";
import type { DropoutPlace } from "../inspect/placesOf.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { type DropoutReport, inspectDropout } from "../transforms/inspectDropout.js";
import { plainTable, siteTable } from "./siteTable.js";
import type { Terminal } from "./Terminal.js";

interface InspectOptions {
  readonly places?: true;
  readonly json?: true;
}

export function addInspectCommand(program: Command, terminal: Terminal): void {
  program
    .command("inspect")
    .description("Lists a model's dropout, where more can go, and what is likely a mistake.")
    .argument("<model>", "an .onnx file")
    .option("--places", "list the tensors that dropout can follow")
    .option("--json", "write JSON instead of tables, places included")
    .addHelpText(
      "after",
      `
Examples:
  $ npx @dropoutkit/onnx inspect model.onnx
  $ npx @dropoutkit/onnx inspect model.onnx --places
  $ npx @dropoutkit/onnx inspect model.onnx --json | jq '.sites[].rate'`,
    )
    .action(async (input: string, { places, json }: InspectOptions) => {
      const model = await readModel(input);
      const report = inspectDropout(model);
      if (json) terminal.write(JSON.stringify({ model: factsOf(model), ...report }, null, 2));
      else writeReport(terminal, { model, report, withPlaces: places === true });
    });
}

const factsOf = (model: OnnxModel): Record<string, string | number> => ({
  producer: model.producerName,
  irVersion: Number(model.irVersion),
  opset: opsetOf(model),
  nodes: model.graph.node.length,
  weights: constantTensors(model.graph).filter(isFloat).length,
  externalTensors: externalTensors(model).length,
});

function writeReport(
  terminal: Terminal,
  {
    model,
    report: { sites, places, pitfalls },
    withPlaces,
  }: { readonly model: OnnxModel; readonly report: DropoutReport; readonly withPlaces: boolean },
): void {
  const { opset, irVersion, nodes, weights, externalTensors: external } = factsOf(model);
  terminal.write(
    `opset ${opset}, IR version ${irVersion}, ${nodes} nodes, ${weights} weights, ${external} of them in other files`,
  );
  terminal.write(sites.length === 0 ? "no dropout" : siteTable(terminal, sites));
  for (const { message } of pitfalls) terminal.write(terminal.warning(message));
  if (withPlaces) terminal.write(placeTable(terminal, places));
  else terminal.write(`${places.length} places for dropout; --places lists them`);
}

const placeTable = (terminal: Terminal, places: readonly DropoutPlace[]): string =>
  plainTable(
    terminal,
    ["tensor", "operator", "shape"],
    places.map(({ tensor, opType, dims }) => [tensor, opType ?? "input", `[${dims.join(", ")}]`]),
  );
