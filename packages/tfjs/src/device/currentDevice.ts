import * as tf from "@tensorflow/tfjs";
import type { Device } from "./Device.js";
import { hostDevice } from "./hostDevice.js";
import { uploadDevice } from "./uploadDevice.js";
import { wasmDevice } from "./wasmDevice.js";
import { webglDevice } from "./webglDevice.js";
import { webgpuDevice } from "./webgpuDevice.js";

/** The device of each backend that tfjs 4 has in pages, in Node and in React Native. */
const devices: { readonly [backend: string]: Device } = {
  cpu: hostDevice,
  tensorflow: { ...uploadDevice, readsAtOnce: true },
  "rn-webgl": uploadDevice,
  wasm: wasmDevice,
  webgl: webglDevice,
  webgpu: webgpuDevice,
};

/**
 * What draws noise for tfjs's current backend.
 * @throws {Error} If the backend is not one of tfjs's own.
 */
export function currentDevice(): Device {
  const backend = tf.getBackend();
  const device = devices[backend];
  if (device === undefined) {
    const known = Object.keys(devices).join(", ");
    throw new Error(`dropoutkit: tfjs's backend must be one of ${known}, got ${backend}`);
  }
  return device;
}
