import * as tf from "@tensorflow/tfjs";
import { fromBase64, toBase64 } from "./base64.js";

/** A tensor as JSON holds it: float32 values as base64. */
interface SavedTensor {
  readonly name: string;
  readonly shape: number[];
  readonly data: string;
}

/** A training in tfjs: weights, the state of Adam, and the steps taken. */
export interface TfjsState {
  readonly step: number;
  readonly weights: readonly SavedTensor[];
  readonly moments: readonly SavedTensor[];
  /** Powers of Adam's betas, as its products came to them. */
  readonly powers: readonly SavedTensor[];
}

interface Trained {
  readonly model: tf.Sequential;
  readonly optimizer: tf.AdamOptimizer;
}

/** Adam's own names of the powers of its betas. */
const POWERS = ["accBeta1", "accBeta2"];

/** The state of a training, for a file. */
export async function writeTfjsState({
  model,
  optimizer,
  step,
}: Trained & { readonly step: number }): Promise<Uint8Array> {
  const [, ...moments] = await optimizer.getWeights();
  const state: TfjsState = {
    step,
    weights: await Promise.all(
      model.getWeights().map((tensor, i) => savedTensor(String(i), tensor)),
    ),
    moments: await Promise.all(moments.map(({ name, tensor }) => savedTensor(name, tensor))),
    powers: await Promise.all(POWERS.map((name) => savedTensor(name, powerOf(optimizer, name)))),
  };
  return new TextEncoder().encode(JSON.stringify(state));
}

export function readTfjsState(bytes: Uint8Array): TfjsState {
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Puts weights and the state of Adam where they were; layers of noise are made with the step. */
export async function restoreTfjsState(
  { step, weights, moments, powers }: TfjsState,
  { model, optimizer }: Trained,
): Promise<void> {
  model.setWeights(weights.map(tensorOf));
  const iterations = { name: "iter", tensor: tf.scalar(step, "int32") };
  await optimizer.setWeights([
    iterations,
    ...moments.map((saved) => ({ name: saved.name, tensor: tensorOf(saved) })),
  ]);
  // What setWeights computes anew as a power is not to the bit what the steps multiplied.
  for (const saved of powers) powerOf(optimizer, saved.name).assign(tensorOf(saved));
}

function powerOf(optimizer: tf.AdamOptimizer, name: string): tf.Variable {
  const power: unknown = Reflect.get(optimizer, name);
  if (power instanceof tf.Variable) return power;
  throw new Error(`demo: Adam of this tfjs must have ${name}, got none`);
}

async function savedTensor(name: string, tensor: tf.Tensor): Promise<SavedTensor> {
  const { buffer, byteOffset, byteLength } = await tensor.data();
  return {
    name,
    shape: tensor.shape,
    data: toBase64(new Uint8Array(buffer, byteOffset, byteLength)),
  };
}

const tensorOf = ({ shape, data }: SavedTensor): tf.Tensor =>
  tf.tensor(new Float32Array(fromBase64(data).buffer), shape, "float32");
