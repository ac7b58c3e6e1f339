import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { inspectDropout } from "@dropoutkit/onnx";
import type { Page } from "playwright";
import { beforeEach, describe, expect, test } from "vitest";
import { takeStep, violations, withPage } from "./withPage.js";

/** Bytes of what a page loads before a framework is chosen, zipped. */
const FIRST_LOAD = 250_000;

describe("page", () => {
  const open = withPage();
  let page: Page;

  beforeEach(() => {
    page = open().page;
  });

  test("before a framework is chosen it loads less than 250 kB, zipped", async () => {
    const files = new Set<string>();
    page.context().on("request", (request) => files.add(request.url()));
    await page.reload();
    await page.locator("#masks figure").last().waitFor();
    expect([...files].filter((url) => !url.startsWith(open().url))).toEqual([]);
    expect([...files].some((url) => url.includes("worker-"))).toBe(true);
    const sizes = await Promise.all(
      [...files].map(async (url) => gzipSync(await (await fetch(url)).bytes()).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_LOAD);
  });

  test("masks are stepped by hand, and follow the training", async () => {
    const masks = page.locator("#masks figure");
    await expect.poll(() => masks.count()).toBe(2);
    const first = await masks.first().textContent();
    await page.getByRole("button", { name: "Step on" }).click();
    await expect.poll(() => masks.first().textContent()).not.toBe(first);
    await page.getByRole("button", { name: "Step back" }).click();
    await expect.poll(() => masks.first().textContent()).toBe(first);
    await takeStep(page, 1);
    await takeStep(page, 2);
    expect(await page.getByLabel("Step", { exact: true }).inputValue()).toBe("2");
  });

  for (const runtime of ["tfjs-wasm", "onnx-wasm"]) {
    test(`masks of a rate that is learned are those of the rate so far, in ${runtime}`, async () => {
      await page.getByLabel("Runs in").selectOption(runtime);
      await page.locator("#variant").selectOption("concrete-dropout");
      const mask = page.locator("#masks figure").first();
      await expect.poll(() => mask.textContent()).toMatch(/learned rate of 10\.00%/);
      await takeStep(page, 1);
      // Adam's first step moves a logit by 0.001, a rate of 0.1 by 0.09 times that.
      await expect.poll(() => mask.textContent()).toMatch(/learned rate of (9\.99|10\.01)%/);
    });
  }

  test("a trained network is saved as files of its framework, without dropout", async () => {
    await page.getByLabel("Runs in").selectOption("onnx-wasm");
    await takeStep(page, 1);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save model" }).click();
    const model = await readFile(await (await download).path());
    const { sites, places } = inspectDropout(model);
    expect(sites).toEqual([]);
    expect(places.map(({ opType }) => opType)).toContain("Relu");
  });

  test("a digit drawn with a pointer has a prediction of 30 passes", async () => {
    await takeStep(page, 1);
    const pad = page.locator("#pad");
    await pad.scrollIntoViewIfNeeded();
    const { x, y } = (await pad.boundingBox()) ?? { x: Number.NaN, y: Number.NaN };
    await page.mouse.move(x + 110, y + 40);
    await page.mouse.down();
    await page.mouse.move(x + 110, y + 180, { steps: 5 });
    await page.mouse.up();
    await page.getByRole("button", { name: "Ask" }).click();
    await expect.poll(() => page.locator("#verdict").textContent()).toMatch(/of 30 passes/);
    expect(await page.locator("#bars li").count()).toBe(10);
  });

  test("what cannot be done is said where it was asked for", async () => {
    await page.getByRole("button", { name: "Save model" }).click();
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/few steps first/);
  });

  test("axe finds no violation, in light and dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page), colorScheme).toEqual([]);
    }
  });
});
