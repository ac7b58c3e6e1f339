import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumLaunch } from "../../../../scripts/chromiumLaunch.js";
import { serveFolder } from "./serveFolder.js";
import { SLOW, takeStep } from "./withPage.js";

const launch = chromiumLaunch();
const configFile = fileURLToPath(new URL("../../vite.config.ts", import.meta.url));
const folder = fileURLToPath(new URL("../../dist/site-offline/", import.meta.url));

describe.runIf(launch !== undefined)("offline", () => {
  let browser: Browser;

  beforeAll(async () => {
    await build({ configFile, logLevel: "error", build: { outDir: folder } });
    browser = await chromium.launch(launch);
  }, SLOW);

  afterAll(async () => {
    await browser?.close();
  });

  for (const runtime of ["tfjs-wasm", "onnx-wasm"]) {
    test(`what was chosen, ${runtime}, works without the server, from any folder`, {
      timeout: SLOW,
    }, async () => {
      const server = await serveFolder(folder, "/some/folder/");
      const page = await browser.newPage();
      page.setDefaultTimeout(SLOW);
      await page.goto(server.url);
      await page.getByLabel("Runs in").selectOption(runtime);
      await takeStep(page, 1);
      await server.stop();
      await page.reload();
      await page.getByLabel("Runs in").selectOption(runtime);
      await takeStep(page, 1);
      await expect(fetch(server.url)).rejects.toThrow();
      await page.close();
    });
  }
});
