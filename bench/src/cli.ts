import { Command, CommanderError } from "commander";
import type { Result } from "./Case.js";
import { cnnStep } from "./cases/cnnStep.js";
import { coreDropConnect } from "./cases/coreDropConnect.js";
import { coreDropout } from "./cases/coreDropout.js";
import { coreFallback } from "./cases/coreFallback.js";
import { coreShared } from "./cases/coreShared.js";
import { lstmStep } from "./cases/lstmStep.js";
import { onnxForward } from "./cases/onnxForward.js";
import { onnxTransforms } from "./cases/onnxTransforms.js";
import { sessionCreation } from "./cases/sessionCreation.js";
import { tfjsInChromium } from "./cases/tfjsInChromium.js";
import { tfjsLayers } from "./cases/tfjsLayers.js";
import { trainingBesideTorch } from "./cases/trainingBesideTorch.js";
import { trainingMemory } from "./cases/trainingMemory.js";
import { trainingStep } from "./cases/trainingStep.js";
import { measure } from "./measure.js";
import { resultTable, saveResults } from "./results.js";

const cases = [
  ...coreDropout,
  coreFallback,
  ...coreShared,
  ...coreDropConnect,
  ...onnxForward,
  ...onnxTransforms,
  ...tfjsLayers,
  ...tfjsInChromium,
  lstmStep,
  ...trainingStep,
  trainingBesideTorch,
  ...cnnStep,
  ...sessionCreation,
  trainingMemory,
];
const resultsFile = new URL("../results.json", import.meta.url);

try {
  const command = new Command("bench")
    .description(
      "Compares the speed of this project with its peers, and writes bench/results.json.",
    )
    .argument("[pattern]", "run only the cases whose name or peer contains this", "")
    .exitOverride()
    .parse();
  await bench(command.args[0] ?? "");
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}

async function bench(pattern: string): Promise<void> {
  const chosen = cases.filter(({ name, peer }) => `${name} ${peer}`.includes(pattern));
  if (chosen.length === 0) {
    const names = [...new Set(cases.map(({ name }) => name))].join(", ");
    process.stderr.write(`bench: pattern must be part of a case (${names}), got ${pattern}\n`);
    process.exitCode = 2;
    return;
  }
  const results: Result[] = [];
  for (const item of chosen) {
    const { unavailable } = item;
    if (unavailable !== undefined) {
      process.stderr.write(`${item.name} skipped: ${unavailable}\n`);
      continue;
    }
    process.stderr.write(`${item.name} against ${item.peer}\n`);
    results.push(await measure(item));
  }
  process.stdout.write(`${resultTable(results)}\n`);
  await saveResults(resultsFile, results);
}
