import type { Page } from "playwright";
import { beforeEach, describe, expect, test } from "vitest";
import { networks } from "../../src/experiment/networks/networks.js";
import { learn, pause, takeStep, withPage } from "./withPage.js";

describe("training", () => {
  const open = withPage();
  let page: Page;

  beforeEach(() => {
    page = open().page;
  });

  async function choose(network: string, variant: string): Promise<void> {
    await page.getByLabel("Network").selectOption(network);
    await page.locator("#variant").selectOption(variant);
  }

  for (const runtime of ["tfjs-wasm", "onnx-wasm"]) {
    test(`one network after the other learns in ${runtime}`, async () => {
      await page.getByLabel("Runs in").selectOption(runtime);
      await learn(page);
      await pause(page);
      await choose("mlp", "drop-connect");
      await learn(page);
      await pause(page);
      await choose("cnn", "spatial-dropout");
      await learn(page);
    });
  }

  /** How far apart both frameworks' losses were so far, relative to them. */
  async function apart(): Promise<number> {
    const said = (await page.locator("#parity").textContent()) ?? "";
    const [, first, second, most] = /([\d.]+) and ([\d.]+)\. .* at most (\S+)/.exec(said) ?? [];
    expect(Number(first), said).toBeGreaterThan(0);
    expect(Number(second), said).toBeGreaterThan(0);
    return Number(most);
  }

  test("with every variant both frameworks have the same losses", async () => {
    await page.getByLabel("Beside it").selectOption("framework");
    for (const network of networks) {
      for (const { id } of network.variants) {
        await choose(network.id, id);
        await takeStep(page, 1);
        // Equal weights and masks: float32's roundings, 6e-8 each, over sums of some hundred.
        expect(await apart(), `${network.id} with ${id}`).toBeLessThan(1e-5);
        await takeStep(page, 2);
        // Adam's first step is the gradient's sign: where that is a rounding, weights go apart by 2e-3.
        expect(await apart(), `${network.id} with ${id}`).toBeLessThan(1e-3);
      }
    }
  });
});
