import type { Digits } from "../data/digits.js";
import type { Framework } from "./frameworks.js";
import type { Arm } from "./networks/Noise.js";
import type { Recipe } from "./recipe.js";
import { type EpochResult, type TrainProgress, type TrainState, train } from "./train.js";

/** One training of the experiment. */
export interface Run extends Arm {
  readonly framework: string;
  readonly seed: number;
}

/** An arm's results at an epoch of the recipe, one for each seed. */
export interface ArmResult extends Omit<Run, "seed"> {
  readonly results: readonly EpochResult[];
}

/** What an experiment has come to: enough to go on to the bit. */
export interface CompareState {
  /** The results of the trainings that are done, in their order. */
  readonly finished: readonly (readonly EpochResult[])[];
  /** The one under way, after an epoch. */
  readonly current?: { readonly state: TrainState; readonly learner: Uint8Array };
}

export interface CompareOptions {
  readonly digits: Digits;
  readonly frameworks: readonly Framework[];
  readonly arms: readonly Arm[];
  /** Its seed is the first of `seeds` consecutive ones. */
  readonly recipe: Recipe;
  readonly seeds: number;
  readonly now: () => number;
  readonly pause: () => Promise<void>;
  /** Called before a training; what it returns is called after each of its steps. */
  readonly onRun: (run: Run) => (progress: TrainProgress) => void;
  /** Where it goes on. Default: at the beginning. */
  readonly from?: CompareState | undefined;
  /** Awaited after each epoch. */
  readonly onState?: ((state: CompareState) => Promise<void>) | undefined;
}

/** Trains each arm in every framework, from the same weights on the same batches. */
export async function compare(options: CompareOptions): Promise<ArmResult[]> {
  const { frameworks, arms, recipe, seeds, from } = options;
  const finished = [...(from?.finished ?? [])];
  let current = from?.current;
  const results: ArmResult[] = [];
  let index = 0;
  for (const framework of frameworks) {
    for (const arm of arms) {
      const first = index;
      for (let i = 0; i < seeds; i++, index++) {
        if (index < finished.length) continue;
        const run = { ...arm, framework, seed: recipe.seed + i };
        finished.push(
          await runOnce(run, {
            ...options,
            from: { finished: [...finished], ...(current && { current }) },
          }),
        );
        current = undefined;
        await options.onState?.({ finished: [...finished] });
      }
      const ofArm = finished.slice(first, index);
      results.push(
        ...byEpoch(ofArm).map((at) => ({ ...arm, framework: framework.name, results: at })),
      );
    }
  }
  return results;
}

/** One training, from where it stands. */
async function runOnce(
  {
    network,
    noise,
    framework,
    seed,
  }: Arm & { readonly framework: Framework; readonly seed: number },
  { from, onRun, onState, ...options }: CompareOptions & { readonly from: CompareState },
): Promise<EpochResult[]> {
  const recipe = { ...options.recipe, seed };
  const { maxNorm } = recipe;
  const onStep = onRun({ framework: framework.name, network, noise, seed });
  const saved = from.current?.learner;
  const examples = options.digits.train.count;
  const learner = await framework.learner({ network, noise, maxNorm, seed, saved, examples });
  const onEpoch = async (state: TrainState): Promise<void> =>
    onState?.({ ...from, current: { state, learner: await learner.checkpoint() } });
  try {
    return await train(learner, { ...options, recipe, onStep, onEpoch, from: from.current?.state });
  } finally {
    await learner.dispose();
  }
}

/** The seeds' results at each reported epoch. */
function byEpoch(results: readonly (readonly EpochResult[])[]): EpochResult[][] {
  return results[0].map((_, i) => results.map((epochs) => epochs[i]));
}
