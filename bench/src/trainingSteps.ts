import { drawUniform } from "@dropoutkit/core/adapter";
import type { Case } from "./Case.js";

export const LEARNING_RATE = 1e-3;

/** Training steps of one side, always on the same batch. */
export interface Steps {
  step(): Promise<void>;
  dispose(): void | Promise<void>;
}

/** A comparison of steps. */
export function stepCase(
  about: Omit<Case, "prepare">,
  open: () => readonly [Promise<Steps>, Promise<Steps>],
): Case {
  return {
    ...about,
    async prepare() {
      const [ours, peer] = await Promise.all(open());
      return {
        ours: ours.step,
        peer: peer.step,
        async dispose() {
          await ours.dispose();
          await peer.dispose();
        },
      };
    },
  };
}

export const images = (shape: readonly number[]): Float32Array =>
  drawUniform({ seed: 1, site: "images", step: 0, shape });
export const labelsOf = ([batch]: readonly number[]): number[] =>
  Array.from({ length: batch }, (_, i) => i % 10);
