import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import { expect, test } from "vitest";
import { chromiumLaunch } from "../../../../scripts/chromiumLaunch.js";
import { serveFolder } from "./serveFolder.js";
import { takeStep } from "./withPage.js";

const folder = fileURLToPath(new URL("../../dist/site/", import.meta.url));

test("offline: what was chosen works while the server fails and without it, from any folder", async () => {
  const browser = await chromium.launch(chromiumLaunch());
  try {
    const server = await serveFolder(folder, "/some/folder/");
    const page = await browser.newPage();
    const stepInEach = async (): Promise<void> => {
      for (const runtime of ["tfjs-wasm", "onnx-wasm"]) {
        await page.getByLabel("Runs in").selectOption(runtime);
        await takeStep(page, 1);
      }
    };
    await page.goto(server.url);
    await stepInEach();
    server.fail();
    expect((await fetch(server.url)).status).toBe(503);
    await page.reload();
    await stepInEach();
    await server.stop();
    await expect(fetch(server.url)).rejects.toThrow();
    await page.reload();
    await stepInEach();
  } finally {
    await browser.close();
  }
});
