import { drawPlan, growMask, selectField } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import type { Device } from "./Device.js";

/** Core's kernels on the host, and an upload: right on any backend, best where tensors are typed arrays. */
export const hostDevice: Device = {
  readsAtOnce: true,
  draw(plan) {
    const drawn = drawPlan(plan);
    if (!(drawn instanceof Uint8Array)) return tf.tensor(drawn, [...plan.shape]);
    const mask = plan.grow ? growMask(drawn, { shape: plan.drawn, ...plan.grow }) : drawn;
    return tf.tensor(mask, [...plan.shape], "bool");
  },
  select(x, { plan, ...formula }) {
    const values = x.dataSync<"float32">();
    const output = new Float32Array(values.length);
    selectField(values, output, { ...plan, ...formula, shape: x.shape, fieldShape: plan.shape });
    return tf.tensor(output, x.shape);
  },
};
