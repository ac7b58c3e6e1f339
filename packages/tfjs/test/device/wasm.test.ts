import { forward, dropout as variantOf } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { init } from "@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { dropout } from "../../src/layers/Dropout.js";

beforeAll(async () => {
  await tf.setBackend("wasm");
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Values by core and by the layer, for shapes with dense and with shared noise. */
function expectParity(): void {
  const sizes = fc.integer({ min: 0, max: 9 });
  const shapes = fc.array(sizes, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(shapes, fc.nat(5), fc.boolean(), (shape, step, shares) => {
      const noiseShape = shares ? shape.map((_, axis) => (axis === 0 ? null : 1)) : undefined;
      const args = { rate: 0.3, ...(noiseShape && { noiseShape }) };
      const layer = dropout({ ...args, seed: 7, site: "h", step });
      const x = tf.randomNormal(shape, 0, 1, "float32", 1);
      const y = layer.call(x, { training: true });
      const key = { seed: 7, site: "h", step, shape, training: true };
      expect(y.dataSync()).toEqual(forward(variantOf(args), x.dataSync<"float32">(), key));
      tf.dispose([x, y]);
    }),
    { numRuns: 50 },
  );
}

describe("wasm device", () => {
  test("works in place: nothing is read from the backend", () => {
    const layer = dropout({ rate: 0.3, site: "h" });
    const x = tf.ones([1000]);
    const read = vi.spyOn(tf.backend(), "readSync");
    layer.call(x, { training: true });
    expect(read).not.toHaveBeenCalled();
  });

  test("in place, the values are core's", expectParity);

  test("in place, the values are core's after the backend's memory has grown", () => {
    // More than the 16 MB that the backend starts with.
    const large = tf.ones([2 ** 23]);
    expectParity();
    large.dispose();
  });

  test("values are core's where the backend hides its memory", async () => {
    tf.removeBackend("wasm");
    const { wasm } = await init();
    // The exports as they are, but for the memory.
    Object.defineProperty(wasm, "asm", {
      value: { ...Reflect.get(wasm, "asm"), memory: undefined },
    });
    tf.registerBackend("wasm", () => new BackendWasm(wasm));
    await tf.setBackend("wasm");
    expectParity();
    const x = tf.ones([1000]);
    const read = vi.spyOn(tf.backend(), "readSync");
    dropout({ rate: 0.3, site: "h" }).call(x, { training: true });
    expect(read).toHaveBeenCalledTimes(1);
  });
});
