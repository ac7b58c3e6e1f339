/*
 * A worker that takes steps of Adam on the MLP with dropout in jax-js, on its wasm backend and one thread: one
 * for each message. Not beside onnxruntime-web, whose globals jax-js takes for those of a browser. An array is
 * used up by what it is given to, unless its `ref` is.
 */
import { parentPort } from "node:worker_threads";
import {
  defaultDevice,
  init,
  type Array as JaxArray,
  jit,
  nn,
  numpy as np,
  random,
  valueAndGrad,
} from "@jax-js/jax";
import { BATCH, RATE, SIZES } from "./mlp.js";
import { images, LEARNING_RATE, labelsOf } from "./trainingSteps.js";

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

// jax-js reads it where it starts threads; Node 20 has no such object.
Object.defineProperty(globalThis, "navigator", {
  value: { hardwareConcurrency: 1, userAgent: "" },
  configurable: true,
});
await init("wasm");
defaultDevice("wasm");

const shapes: readonly (readonly number[])[] = SIZES.slice(1).flatMap((units, i) => [
  [SIZES[i], units],
  [units],
]);

/** Cross-entropy of the MLP's logits. */
function lossOf(parameters: JaxArray[], x: JaxArray, y: JaxArray, key: JaxArray): JaxArray {
  const [w0, b0, w1, b1, w2, b2] = parameters;
  const keys = random.split(key, 2);
  const hidden = [
    [w0, b0, keys.ref.slice(0)],
    [w1, b1, keys.slice(1)],
  ].reduce((h, [w, b, own]) => dropped(nn.relu(np.matmul(h, w).add(b)), own), x);
  const logits = np.matmul(hidden, w2).add(b2);
  return nn
    .logSoftmax(logits)
    .mul(y)
    .sum()
    .mul(-1 / BATCH);
}

function dropped(x: JaxArray, key: JaxArray): JaxArray {
  const keep = random.bernoulli(key, 1 - RATE, [...x.shape]);
  return np.where(keep, x.mul(1 / (1 - RATE)), 0);
}

/** The loss, the parameters moved by Adam, and its moments. */
const update = jit(
  (
    parameters: JaxArray[],
    m: JaxArray[],
    v: JaxArray[],
    x: JaxArray,
    y: JaxArray,
    key: JaxArray,
    step: JaxArray,
  ): JaxArray[] => {
    const [loss, gradients] = valueAndGrad(lossOf)(
      parameters.map((parameter) => parameter.ref),
      x,
      y,
      key,
    );
    const corrections = [BETA1, BETA2].map((beta) => np.subtract(1, np.power(beta, step.ref)));
    step.dispose();
    const rate = np.sqrt(corrections[1]).div(corrections[0]).mul(LEARNING_RATE);
    const means = m.map((mean, i) => mean.mul(BETA1).add(gradients[i].ref.mul(1 - BETA1)));
    const squares = v.map((square, i) => {
      const gradient = gradients[i];
      return square.mul(BETA2).add(gradient.ref.mul(gradient).mul(1 - BETA2));
    });
    const moved = parameters.map((parameter, i) => {
      const move = means[i].ref.mul(rate.ref).div(np.sqrt(squares[i].ref).add(EPSILON));
      return parameter.sub(move);
    });
    rate.dispose();
    return [loss, ...moved, ...means, ...squares];
  },
);

const zeros = (): JaxArray[] => shapes.map((shape) => np.zeros([...shape]));
const x = np.array(images([BATCH, SIZES[0]])).reshape([BATCH, SIZES[0]]);
const labels = np.array(Int32Array.from(labelsOf([BATCH])), { dtype: np.int32 });
const y = nn.oneHot(labels, 10);
let parameters = shapes.map((shape) =>
  random
    .uniform(random.key(1), [...shape])
    .sub(0.5)
    .div(10),
);
let [m, v] = [zeros(), zeros()];
let steps = 0;

async function step(): Promise<void> {
  const key = random.key(steps);
  steps += 1;
  const [loss, ...next] = update(parameters, m, v, x.ref, y.ref, key, np.array(steps));
  const count = shapes.length;
  parameters = next.slice(0, count);
  m = next.slice(count, 2 * count);
  v = next.slice(2 * count);
  await Promise.all(next.map((array) => array.blockUntilReady()));
  await loss.data();
}

parentPort?.on("message", async () => {
  await step();
  parentPort?.postMessage("done");
});
