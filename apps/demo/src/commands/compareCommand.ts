import { readFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { checkRate, dropout } from "@dropoutkit/core";
import { insertDropout, stripDropout } from "@dropoutkit/onnx";
import type { Digits } from "./data/digits.js";
import { downloadMnist } from "./data/downloadMnist.js";
import { drawDigits } from "./data/drawDigits.js";
import { readIdxDirectory } from "./data/readIdxDirectory.js";
import { compare, type Run } from "./experiment/compare.js";
import { type Framework, frameworks } from "./experiment/frameworks.js";
import { modelLearner } from "./experiment/modelLearner.js";
import { measureParity, PARITY_STEPS } from "./experiment/parity.js";
import { drawnRecipe, mnistRecipe } from "./experiment/recipe.js";
import type { DemoOptions } from "./options.js";
import type { DownloadDisplay } from "./terminal/downloadProgress.js";
import type { Progress } from "./terminal/progress.js";
import { resultTable } from "./terminal/resultTable.js";

/** Where the demo shows its progress, and where it writes its results. */
export interface DemoOutput {
  readonly progress: Progress;
  readonly download: DownloadDisplay;
  readonly write: (line: string) => void;
}

/** Runs the experiment that the options ask for, and writes its table and the parity line. */
export async function runDemo(
  options: DemoOptions,
  { progress, download, write }: DemoOutput,
): Promise<void> {
  checkRate("demo", options.rate);
  const chosen =
    options.model === undefined ? frameworks : [await modelFramework(options.model, options)];
  const digits = await digitsFor(options, download);
  const defaults = isDrawn(options) ? drawnRecipe : mnistRecipe;
  const recipe = { ...defaults, epochs: options.epochs ?? defaults.epochs, seed: options.seed };
  write(
    `${digits.name}: ${digits.train.count} training and ${digits.validation.count} validation images`,
  );
  write(
    `${options.model ?? "784-256-256-10 ReLU"}, Adam ${recipe.learningRate}, batch ${recipe.batch}, seed ${recipe.seed}`,
  );
  const onRun = (run: Run): typeof progress.show => {
    progress.start(labelOf(run, options));
    return progress.show;
  };
  const arms = await compare({
    ...options,
    frameworks: chosen,
    digits,
    recipe,
    now: () => performance.now(),
    pause: setImmediate,
    onRun,
  });
  progress.stop();
  write(resultTable(arms));
  if (options.model !== undefined) return;
  const parityRecipe = { ...recipe, learningRate: options.parityLearningRate };
  const difference = await measureParity({
    ...options,
    digits,
    recipe: parityRecipe,
    pause: setImmediate,
  });
  write(
    `parity: over ${PARITY_STEPS} steps with dropout at learning rate ${parityRecipe.learningRate} the losses of both frameworks are within ${difference.toExponential(1)} of each other (relative)`,
  );
}

const isDrawn = ({ data, download }: DemoOptions): boolean => data === undefined && !download;

async function digitsFor(options: DemoOptions, download: DownloadDisplay): Promise<Digits> {
  if (isDrawn(options)) return drawDigits();
  const directory = options.data ?? (await downloadMnist({ onProgress: download.show }));
  download.stop();
  return readIdxDirectory(directory);
}

/** The caller's own model, in the framework that can read it. */
async function modelFramework(file: string, { rate, after }: DemoOptions): Promise<Framework> {
  const clean = stripDropout(await readModel(file));
  const noisy = insertDropout(clean, {
    variant: dropout({ rate }),
    after: after === undefined ? { opType: "Relu" } : { tensor: after },
  });
  return {
    name: "onnxruntime-web (wasm)",
    learner: (options) =>
      modelLearner({ ...options, model: options.rate === undefined ? clean : noisy }),
  };
}

async function readModel(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Error(`demo: model must be a file that can be read, got ${file}`, { cause });
  }
}

/** One training's name, of equal width for all so that the bars stand under each other. */
function labelOf({ framework, rate, seed }: Run, { seeds }: DemoOptions): string {
  const dropout = rate === undefined ? "no dropout " : `dropout ${rate}`;
  return `${framework.padEnd(22)} ${dropout}${seeds === 1 ? "" : ` seed ${seed}`}`;
}
