import type { Digits } from "../data/digits.js";
import type { Framework } from "./frameworks.js";
import type { Activation } from "./network.js";
import type { Noise } from "./noise.js";
import type { Recipe } from "./recipe.js";
import { type EpochResult, type TrainProgress, train } from "./train.js";

/** One training of the experiment. */
export interface Run {
  readonly framework: string;
  /** Undefined for the network without. */
  readonly noise: Noise | undefined;
  readonly seed: number;
}

/** An arm's results at an epoch of the recipe, one for each seed. */
export interface ArmResult extends Omit<Run, "seed"> {
  readonly results: readonly EpochResult[];
}

export interface CompareOptions {
  readonly digits: Digits;
  readonly frameworks: readonly Framework[];
  /** Of the arms, one after another; undefined for the network without. */
  readonly noises: readonly (Noise | undefined)[];
  readonly activation: Activation;
  /** Its seed is the first of `seeds` consecutive ones. */
  readonly recipe: Recipe;
  readonly seeds: number;
  readonly now: () => number;
  readonly pause: () => Promise<void>;
  /** Called before a training; what it returns is called after each of its steps. */
  readonly onRun: (run: Run) => (progress: TrainProgress) => void;
}

/** Trains the network with each noise, in every framework, from the same weights on the same batches. */
export async function compare(options: CompareOptions): Promise<ArmResult[]> {
  const arms: ArmResult[] = [];
  for (const framework of options.frameworks) {
    for (const noise of options.noises) {
      const results: EpochResult[][] = [];
      for (let i = 0; i < options.seeds; i++) {
        const seed = options.recipe.seed + i;
        results.push(await runOnce(framework, { ...options, noise, seed }));
      }
      arms.push(
        ...byEpoch(results).map((at) => ({ framework: framework.name, noise, results: at })),
      );
    }
  }
  return arms;
}

async function runOnce(
  { name, learner: make }: Framework,
  { noise, activation, seed, ...options }: CompareOptions & Omit<Run, "framework">,
): Promise<EpochResult[]> {
  const recipe = { ...options.recipe, seed };
  const onStep = options.onRun({ framework: name, noise, seed });
  const learner = await make({ noise, activation, seed });
  try {
    return await train(learner, { ...options, recipe, onStep });
  } finally {
    await learner.dispose();
  }
}

/** The seeds' results at each reported epoch. */
function byEpoch(results: readonly EpochResult[][]): EpochResult[][] {
  return results[0].map((_, i) => results.map((epochs) => epochs[i]));
}
