import { expect, test } from "vitest";
import { drawUniform } from "../../src/adapter.js";
import { backward, drawMask, dropout, forward } from "../../src/index.js";

test("core: allocates no arrays in a call that is given its output", () => {
  const entries = 2 ** 18;
  const x = new Float32Array(entries);
  const mask = new Uint8Array(entries);
  const key = { seed: 3, site: "dense", step: 1 };
  const call = { ...key, shape: [64, 16, 256], training: true };
  const work = (): void => {
    for (const noiseShape of [
      [null, null, null],
      [null, 1, null],
      [null, null, 1],
    ]) {
      forward(dropout({ rate: 0.3, noiseShape }), x, call, x);
      backward(dropout({ rate: 0.3, noiseShape }), x, call, x);
    }
    drawMask({ ...key, shape: [entries], rate: 0.3 }, mask);
    drawUniform({ ...key, shape: [entries] }, x);
  };
  work();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 10; i++) work();
  // A mask of one call would be 256 kB. What a site's name is encoded to, a few bytes a call, may lie around.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16384);
});
