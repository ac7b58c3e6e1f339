import { expect, test } from "vitest";
import { drawDigits } from "../../src/data/drawDigits.js";
import { type CompareState, compare } from "../../src/experiment/compare.js";
import { frameworks } from "../../src/experiment/frameworks.js";
import { type NetworkId, networkFor } from "../../src/experiment/networks/Network.js";
import type { Noise } from "../../src/experiment/networks/Noise.js";

const mlp = { variant: "dropout", rates: [0.5, 0.3], inputRate: 0.2 } as const;
const cases: readonly [keyof typeof frameworks, NetworkId, Noise, number | undefined][] = [
  ["tfjs", "mlp", mlp, 1],
  ["onnx", "mlp", mlp, 1],
  ["tfjs", "mlp", { variant: "concrete-dropout", rates: [0.1, 0.1], inputRate: 0 }, undefined],
  ["tfjs", "lstm", { variant: "zoneout", rates: [0.1, 0.1], inputRate: 0 }, undefined],
  ["onnx", "cnn", { variant: "drop-block", rates: [0.2, 0.2], inputRate: 0 }, undefined],
];

test.each(cases)(
  "compare: %s goes on with %s from any state, to the bit",
  async (name, id, noise, maxNorm) => {
    const states: CompareState[] = [];
    const options = {
      digits: drawDigits({ train: 96, validation: 32 }),
      frameworks: [frameworks[name]],
      arms: [{ network: networkFor(id, {}), noise }],
      recipe: {
        epochs: [1, 3],
        batch: 32,
        learningRate: 1e-3,
        schedule: "cosine",
        maxNorm,
        seed: 5,
      },
      seeds: 2,
      now: () => 0,
      pause: async () => {},
      onRun: () => () => {},
      onState: async (state: CompareState) => void states.push(state),
    } as const;
    const whole = await compare(options);
    // Three epochs and the end, of each of two trainings.
    expect(states).toHaveLength(8);
    for (const from of [states[0], states[3], states[5]]) {
      expect(await compare({ ...options, from })).toEqual(whole);
    }
  },
);
