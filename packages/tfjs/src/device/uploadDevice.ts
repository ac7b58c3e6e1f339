import * as tf from "@tensorflow/tfjs";
import { selectValue } from "../noise/selectValue.js";
import type { Device } from "./Device.js";
import { hostDevice } from "./hostDevice.js";

/** Noise is drawn on the host and uploaded; values stay where they are, for reading them back is slow, or not possible at once. */
export const uploadDevice: Device = {
  readsAtOnce: false,
  draw: (plan) => hostDevice.draw(plan),
  select: (x, { plan, scale, shift, dropped }) =>
    tf.tidy(() => {
      const scaled = tf.mul(x, scale);
      const kept = Object.is(shift, -0) ? scaled : tf.add(scaled, shift);
      return selectValue(hostDevice.draw(plan), kept, dropped);
    }),
};
