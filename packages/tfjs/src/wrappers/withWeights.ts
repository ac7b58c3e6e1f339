import type * as tf from "@tensorflow/tfjs";

/** What a layer of tfjs reads its weights through. */
export interface Readable {
  read(): tf.Tensor;
}

/**
 * Runs work while some of an object's properties have other values. A layer of tfjs reads its weights
 * from properties at each call, so that for this work it computes with others, and gradients flow on
 * from these to what they were made of.
 */
export function withWeights<T>(
  owner: object,
  values: { readonly [property: string]: unknown },
  work: () => T,
): T {
  const names = Object.keys(values);
  const before = names.map((name): unknown => Reflect.get(owner, name));
  for (const name of names) Reflect.set(owner, name, values[name]);
  try {
    return work();
  } finally {
    names.forEach((name, i) => {
      Reflect.set(owner, name, before[i]);
    });
  }
}

/** A tensor where a layer expects a weight. */
export const readable = (tensor: tf.Tensor): Readable => ({ read: () => tensor });
