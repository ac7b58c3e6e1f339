import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright";
import { type PreviewServer, preview } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { chromiumLaunch } from "../../../../scripts/chromiumLaunch.js";

/** Of axe-core, in the page. */
declare const axe: typeof import("axe-core");

const axeFile = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const configFile = fileURLToPath(new URL("../../vite.config.ts", import.meta.url));

/** For a software GPU, and machines with other work, in milliseconds. */
const SLOW = 300_000;

/** The page as a test sees it. */
export interface OpenPage {
  readonly page: Page;
  readonly url: string;
}

/** Serves the page for the tests of a file; each gets a fresh one, and fails if it complains. */
export function withPage(): () => OpenPage {
  let server: PreviewServer;
  let browser: Browser;
  let open: OpenPage;
  let complaints: string[];

  beforeAll(async () => {
    server = await preview({ configFile, preview: { port: 0 }, logLevel: "error" });
    browser = await chromium.launch(chromiumLaunch());
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  beforeEach(async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(SLOW);
    complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    open = { page, url: server.resolvedUrls?.local[0] ?? "" };
    await page.goto(open.url);
  });

  afterEach(async () => {
    await open.page.close();
    expect(complaints).toEqual([]);
  });

  return () => open;
}

/**
 * Trains until the first network knows so many percent of the validation images. Default: 30, three times what
 * guessing does.
 */
export async function learn(page: Page, percent = 30): Promise<void> {
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForFunction((least) => {
    const failed = document.getElementById("error")?.textContent ?? "";
    const shown = document.getElementById("first-validation")?.textContent ?? "";
    return failed !== "" || Number.parseFloat(shown) > least;
  }, percent);
  expect(await page.locator("#error").textContent()).toBe("");
}

/** Takes a step by hand, and waits for the scores after it. */
export async function takeStep(page: Page, step: number): Promise<void> {
  await page.getByRole("button", { name: "One step" }).click();
  await waitForStep(page, step);
  await page.getByText("Paused", { exact: true }).waitFor();
}

/** Pauses the training, and waits for the step that is under way. */
export async function pause(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("Paused", { exact: true }).waitFor();
}

/** Waits for a step, or for what went wrong. */
export async function waitForStep(page: Page, step: number): Promise<void> {
  await page.waitForFunction((least) => {
    const failed = document.getElementById("error")?.textContent ?? "";
    const shown = document.getElementById("count")?.textContent ?? "";
    return failed !== "" || Number.parseInt(shown.replace("step ", ""), 10) >= least;
  }, step);
  expect(await page.locator("#error").textContent()).toBe("");
}

/** What axe finds in the page as it is. */
export async function violations(page: Page): Promise<string[][]> {
  await page.addScriptTag({ path: axeFile });
  return page.evaluate(async () => {
    const found = await axe.run();
    return found.violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
  });
}
