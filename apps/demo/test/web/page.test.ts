import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright";
import { beforeEach, describe, expect, test } from "vitest";
import { chromiumLaunch } from "../../../../scripts/chromiumLaunch.js";
import { SLOW, takeStep, trainTo, violations, withPage } from "./withPage.js";

const launch = chromiumLaunch();

/** Bytes of what a page loads before a framework is chosen, zipped. */
const FIRST_LOAD = 250_000;

describe.runIf(launch !== undefined)("page", () => {
  const open = withPage(launch, "site");
  let page: Page;

  beforeEach(() => {
    page = open().page;
  });

  test("page: before a framework is chosen it loads less than 250 kB, zipped", async () => {
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

  // Guessing scores 10%.
  for (const [runtime, network, variant] of [
    ["tfjs-wasm", "mlp", "dropout"],
    ["onnx-wasm", "mlp", "dropout"],
    ["tfjs-wasm", "mlp", "dropconnect"],
    ["onnx-wasm", "mlp", "dropconnect"],
    ["tfjs-wasm", "cnn", "spatial"],
    ["onnx-wasm", "cnn", "spatial"],
    ["tfjs-webgl", "mlp", "dropout"],
  ]) {
    test(`page: ${network} with ${variant} learns in ${runtime}`, { timeout: SLOW }, async () => {
      await page.getByLabel("Network").selectOption(network);
      await page.locator("#variant").selectOption(variant);
      await page.getByLabel("Runs in").selectOption(runtime);
      await trainTo(page, 0.3);
    });
  }

  // A step takes about a second on two cores: too long to see it learn.
  for (const runtime of ["tfjs-wasm", "onnx-wasm"]) {
    test(`page: lstm takes a step in ${runtime}`, { timeout: SLOW }, async () => {
      await page.getByLabel("Network").selectOption("lstm");
      await page.getByLabel("Runs in").selectOption(runtime);
      await takeStep(page, 1);
    });
  }

  test("page: masks are stepped by hand, and follow the training", { timeout: SLOW }, async () => {
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

  test("page: both frameworks have the same losses", { timeout: SLOW }, async () => {
    await page.getByLabel("Beside it").selectOption("framework");
    await page.getByRole("button", { name: "Start" }).click();
    await expect
      .poll(() => page.locator("#count").textContent(), { timeout: SLOW })
      .toMatch(/step \d\d/);
    const said = (await page.locator("#parity").textContent()) ?? "";
    const [, first, second, apart] = /([\d.]+) and ([\d.]+)\. .* at most (\S+)/.exec(said) ?? [];
    expect(Number(first)).toBeGreaterThan(0);
    expect(Number(second)).toBeGreaterThan(0);
    // Ten steps at 1e-3 let roundings grow; with other masks losses differ by more than a tenth.
    expect(Number(apart)).toBeLessThan(1e-3);
  });

  test("page: a drawn digit has a prediction of 30 passes", { timeout: SLOW }, async () => {
    await trainTo(page, 0.3);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator("#pad").press("7");
    await page.getByRole("button", { name: "Ask" }).click();
    await expect.poll(() => page.locator("#verdict").textContent()).toMatch(/of 30 passes/);
    expect(await page.locator("#bars li").count()).toBe(10);
  });

  test("page: a trained ONNX model is saved", { timeout: SLOW }, async () => {
    await page.getByLabel("Runs in").selectOption("onnx-wasm");
    await takeStep(page, 1);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save model" }).click();
    const { decodeModel } = await import("@dropoutkit/onnx");
    const path = await (await download).path();
    const { graph } = decodeModel(await readFile(path));
    expect(graph.output.map(({ name }) => name)).toEqual(["logits"]);
  });

  test("page: what cannot be done is said where it was asked for", async () => {
    await page.getByRole("button", { name: "Save model" }).click();
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/few steps first/);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`page: axe finds no violation in ${colorScheme}`, { timeout: SLOW }, async () => {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    });
  }
});
