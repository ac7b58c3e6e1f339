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
      await choose("mlp", "dropconnect");
      await learn(page);
      await pause(page);
      await choose("cnn", "spatial");
      await learn(page);
    });
  }

  test("with every variant both frameworks have the same losses", async () => {
    await page.getByLabel("Beside it").selectOption("framework");
    for (const network of networks) {
      for (const { id } of network.variants) {
        await choose(network.id, id);
        await takeStep(page, 1);
        await takeStep(page, 2);
        const said = (await page.locator("#parity").textContent()) ?? "";
        const [, first, second, apart] = /([\d.]+) and ([\d.]+)\. .* at most (\S+)/.exec(said) ?? [];
        const which = `${network.id} with ${id}: ${said}`;
        console.log(which);
        expect(Number(first), which).toBeGreaterThan(0);
        expect(Number(second), which).toBeGreaterThan(0);
        expect(Number(apart), which).toBeLessThan(1e-4);
      }
    }
  });
});
