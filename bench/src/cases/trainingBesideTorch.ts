import type { Case } from "../Case.js";
import { torchSteps, withoutTorch } from "../torchSteps.js";
import type { Steps } from "../trainingSteps.js";
import { noisySteps } from "./trainingStep.js";

const IN_A_ROW = 10;

/**
 * The MLP's step beside native PyTorch's, which may be twice as fast. Steps in a row, as a training takes them: right
 * after another process's step, with what that left in the caches, PyTorch takes nearly twice as long.
 */
export const trainingBesideTorch: Case = {
  name: `training step of an MLP with dropout, ${IN_A_ROW} in a row`,
  peer: "PyTorch (native)",
  target: 0.5,
  runs: 30,
  // Python is asked only where the case is chosen: its answer takes a second.
  get unavailable() {
    return withoutTorch();
  },
  async prepare() {
    const [ours, peer] = await Promise.all([noisySteps("feeds"), torchSteps()]);
    return {
      ours: () => inARow(ours),
      peer: () => inARow(peer),
      async dispose() {
        await ours.dispose();
        await peer.dispose();
      },
    };
  },
};

/** Milliseconds of one of the steps. */
async function inARow({ step }: Steps): Promise<number> {
  const start = performance.now();
  for (let taken = 0; taken < IN_A_ROW; taken++) await step();
  return (performance.now() - start) / IN_A_ROW;
}
