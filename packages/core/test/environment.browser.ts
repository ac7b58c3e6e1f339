/// <reference lib="dom" />
import { describe, expect, test } from "vitest";
import { commands } from "vitest/browser";
import { drawMask, type MaskOptions } from "../src/index.js";

declare module "vitest/browser" {
  interface BrowserCommands {
    drawMaskInNode(options: MaskOptions): Promise<number[]>;
  }
}

describe("drawMask: a browser draws the bits that Node draws", () => {
  const key = { seed: 2 ** 32 - 1, site: "séquence/activation", step: 2 ** 31 };
  test.each<MaskOptions>([
    { ...key, shape: [7, 91], rate: 0.3 },
    { ...key, shape: [1025], rate: 2 ** -16 },
    { ...key, shape: [3, 256, 2], rate: 0.5, step: 0, seed: 0 },
  ])("shape $shape at rate $rate", async (options) => {
    expect([...drawMask(options)]).toEqual(await commands.drawMaskInNode(options));
  });
});

test("environment: the browser has WebGL2 and a WebGPU adapter", async () => {
  expect(document.createElement("canvas").getContext("webgl2")).not.toBeNull();
  expect(await navigator.gpu.requestAdapter()).not.toBeNull();
});
