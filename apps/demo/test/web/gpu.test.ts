import { chromium, type Page, type Worker } from "playwright";
import { beforeEach, describe, expect, test } from "vitest";
import { chromiumLaunch } from "../../../../scripts/chromiumLaunch.js";
import { learn, takeStep, withPage } from "./withPage.js";

/** Flags with which there is neither WebGL nor WebGPU. */
const NO_GPU = ["--disable-gpu", "--disable-software-rasterizer", "--disable-quic"];

/** Counts what a worker gives WebGPU to do. */
const COUNT_SUBMITS = `{
  const { submit } = GPUQueue.prototype;
  self.submits = 0;
  GPUQueue.prototype.submit = function (...args) {
    self.submits += 1;
    return submit.apply(this, args);
  };
}`;

describe("GPU", () => {
  const open = withPage();
  let page: Page;

  beforeEach(() => {
    page = open().page;
  });

  async function worker(): Promise<Worker> {
    await expect.poll(() => page.workers().length).toBe(1);
    return page.workers()[0];
  }

  test("tfjs-webgl learns", async () => {
    await page.getByLabel("Runs in").selectOption("tfjs-webgl");
    await learn(page);
    expect(await page.locator("#notice").textContent()).toBe("");
  });

  for (const runtime of ["tfjs-webgpu", "onnx-webgpu"]) {
    test(`${runtime} learns, and has WebGPU compute it`, async () => {
      await (await worker()).evaluate(COUNT_SUBMITS);
      await page.getByLabel("Runs in").selectOption(runtime);
      await learn(page);
      expect(await page.locator("#notice").textContent()).toBe("");
      // At least one for each of two networks and eight steps.
      expect(await (await worker()).evaluate("self.submits")).toBeGreaterThanOrEqual(16);
    });
  }

  test("without one, each runtime says what is missing and runs on WebAssembly", async () => {
    const bare = await chromium.launch({ ...chromiumLaunch(), args: NO_GPU });
    try {
      page = await bare.newPage();
      await page.goto(open().url);
      for (const [runtime, missing] of [
        ["tfjs-webgl", "WebGL"],
        ["tfjs-webgpu", "WebGPU"],
        ["onnx-webgpu", "WebGPU"],
      ]) {
        await page.getByLabel("Runs in").selectOption(runtime);
        await takeStep(page, 1);
        expect(await page.locator("#notice").textContent()).toContain(`gives no ${missing}`);
      }
    } finally {
      await bare.close();
    }
  });
});
