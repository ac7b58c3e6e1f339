import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineBrowserCommand, playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import type { MaskOptions } from "./packages/core/dist/index.js";
import { chromiumLaunch } from "./scripts/chromiumLaunch.js";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Folder of real data sets and known answers; tests find it in this variable, which is empty where there is none. */
const { DROPOUTKIT_DATA = "../shared/data" } = process.env;
const data = resolve(root, DROPOUTKIT_DATA);
const hasData = existsSync(data);
if (!hasData) {
  console.warn(`vitest: no folder ${data} (DROPOUTKIT_DATA), so data tests are skipped`);
}

const chromium = chromiumLaunch();
if (chromium === undefined) {
  console.warn("vitest: no Chromium found (CHROMIUM_PATH), so browser tests are left out");
}

const pageTests = "apps/demo/test/web/*.test.ts";

/** Tests that change what their process shares, such as tfjs's registry, or need it fresh. */
const aloneTests = "**/*.alone.test.ts";

/** Tests that take more than four seconds; `pnpm test:quick` leaves them out. */
const slowTests = "packages/*/test/**/*.slow.test.ts";

const nodeTests = {
  env: { DROPOUTKIT_DATA: hasData ? data : "" },
  // A guard against hangs, twice what the longest test took beside other work: 30 s.
  testTimeout: 60_000,
};

// Files share a process: a runtime is loaded and compiled once, not three hundred times.
const node: TestProjectInlineConfiguration = {
  test: {
    ...nodeTests,
    name: "node",
    include: ["packages/*/test/**/*.test.ts"],
    exclude: [aloneTests, slowTests, "**/node_modules/**"],
    isolate: false,
  },
};

const slow: TestProjectInlineConfiguration = {
  test: {
    ...nodeTests,
    name: "slow",
    include: [slowTests],
    exclude: ["**/node_modules/**"],
    isolate: false,
  },
};

/** Tests of what stands on the packages as they are built: tfjs's registry has their layers, not those of the sources. */
const built: TestProjectInlineConfiguration = {
  test: {
    ...nodeTests,
    name: "built",
    include: ["apps/*/test/**/*.test.ts", "bench/test/**/*.test.ts"],
    exclude: [pageTests, aloneTests, "**/node_modules/**"],
    isolate: false,
  },
};

const alone: TestProjectInlineConfiguration = {
  test: { ...nodeTests, name: "alone", include: [aloneTests], exclude: ["**/node_modules/**"] },
};

/** Tests that open the demo's page in Chromium; it is built once for all of them. */
const page: TestProjectInlineConfiguration = {
  test: {
    name: "page",
    include: [pageTests],
    globalSetup: ["apps/demo/test/web/buildSite.ts"],
    // For a software GPU, and machines with other work.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
};

/** Bits that Node draws, for comparison with the browser's. */
const drawMaskInNode = defineBrowserCommand<[options: MaskOptions]>(async (_context, options) => {
  const core = await import("./packages/core/dist/index.js");
  return [...core.drawMask(options)];
});

type LaunchOptions = NonNullable<ReturnType<typeof chromiumLaunch>>;

function browser(launchOptions: LaunchOptions): TestProjectInlineConfiguration {
  return {
    // Vite would move onnxruntime-web away from the wasm file that it finds beside itself.
    optimizeDeps: { exclude: ["onnxruntime-web"] },
    test: {
      name: "browser",
      include: ["packages/*/test/**/*.browser.ts", "apps/*/test/**/*.browser.ts"],
      // Shaders run on the CPU.
      testTimeout: 120_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        api: { host: "127.0.0.1" },
        provider: playwright({ launchOptions }),
        instances: [{ browser: "chromium" }],
        commands: { drawMaskInNode },
      },
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      slow,
      node,
      built,
      alone,
      ...(chromium === undefined ? [] : [page, browser(chromium)]),
    ],
    // Vitest leaves one core to itself, which is half of a machine of two.
    maxWorkers: availableParallelism(),
  },
});
