import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { dropout } from "../../src/index.js";

test("a backend that is not one of tfjs's own is refused by name", async () => {
  const cpu = tf.findBackendFactory("cpu");
  tf.registerBackend("own", cpu);
  await tf.setBackend("own");
  const x = tf.ones([2]);
  expect(() => dropout({ rate: 0.5 }).call(x, { training: true })).toThrow(
    "dropoutkit: tfjs's backend must be one of cpu, tensorflow, rn-webgl, wasm, webgl, webgpu, got own",
  );
});
