import { checkWord } from "../key/noiseKey.js";

/** A drop probability in [0, 1] as a function of the training step, an integer in [0, 2^32). */
export type RateSchedule = (step: number) => number;

/** Makes a schedule of a formula for the steps that it is defined at. */
export function schedule(owner: string, rateAt: (step: number) => number): RateSchedule {
  return (step) => rateAt(checkWord(owner, "step", step));
}
