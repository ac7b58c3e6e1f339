import { expect, test } from "vitest";
import { adamW, lion, sgd } from "../../src/index.js";
import { expectClose, follow, pathsOf, START } from "./quadratic.js";

/** As in the tests of each optimizer: 50 steps with some roundings of 2^-24 each, on values below 4. */
const TOLERANCE = 50 * 4 * 4 * 2 ** -24;

/** AdamW's algorithm 2 with its default decays. */
function adamWReference(learningRate: number, weightDecay: number): number[][] {
  const [m, v] = [START.map(() => 0), START.map(() => 0)];
  return follow(({ w, g, i, step }) => {
    m[i] = 0.9 * m[i] + 0.1 * g;
    v[i] = 0.999 * v[i] + 0.001 * g * g;
    const corrected = m[i] / (1 - 0.9 ** (step + 1));
    const root = Math.sqrt(v[i] / (1 - 0.999 ** (step + 1)));
    return w - learningRate * (corrected / (root + 1e-8) + weightDecay * w);
  });
}

test("groups: 50 steps are the references', each group by its own optimizer, decay and learning rate", async () => {
  const rateAt = (step: number) => 0.05 * 0.95 ** step;
  const paths = await pathsOf(["kernel", "bias", "head", "scale"], 50, {
    optimizer: adamW({ learningRate: 0.1, weightDecay: 0.3 }),
    groups: [
      { weights: ["bias"], optimizer: adamW({ learningRate: 0.1, weightDecay: 0 }) },
      {
        weights: /head/,
        optimizer: sgd({ learningRate: rateAt, momentum: 0.5, nesterov: true }),
      },
      { weights: /scale/, optimizer: lion({ learningRate: 0.0317, weightDecay: 0.5 }) },
    ],
  });
  expectClose(paths.kernel, { reference: adamWReference(0.1, 0.3), tolerance: TOLERANCE });
  expectClose(paths.bias, { reference: adamWReference(0.1, 0), tolerance: TOLERANCE });
  const velocity = START.map(() => 0);
  const head = follow(({ w, g, i, step }) => {
    velocity[i] = 0.5 * velocity[i] + g;
    return w - rateAt(step) * (g + 0.5 * velocity[i]);
  });
  expectClose(paths.head, { reference: head, tolerance: TOLERANCE });
  const m = START.map(() => 0);
  const scale = follow(({ w, g, i }) => {
    const direction = Math.sign(0.9 * m[i] + 0.1 * g);
    m[i] = 0.99 * m[i] + 0.01 * g;
    return w - 0.0317 * (direction + 0.5 * w);
  });
  expectClose(paths.scale, { reference: scale, tolerance: TOLERANCE });
});

test("groups: a weight decay that is masked moves a bias as no decay at all does, and no other weight", async () => {
  const decayed = adamW({ learningRate: 0.1, weightDecay: 0.3 });
  const plain = adamW({ learningRate: 0.1, weightDecay: 0 });
  const names = ["kernel", "bias"];
  const groups = [{ weights: ["bias"], optimizer: plain }];
  const masked = await pathsOf(names, 50, { optimizer: decayed, groups });
  expect(masked.bias).toEqual((await pathsOf(names, 50, { optimizer: plain })).bias);
  expect(masked.kernel).toEqual((await pathsOf(names, 50, { optimizer: decayed })).kernel);
});
