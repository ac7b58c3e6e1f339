import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright";
import { build, preview } from "vite";
import { chromiumLaunch } from "../../scripts/chromiumLaunch.js";

const launch = chromiumLaunch();

/** Why nothing can be measured in Chromium; undefined where it can. */
export const withoutChromium: string | undefined = launch
  ? undefined
  : "no Chromium found (CHROMIUM_PATH)";

/** A page in Chromium, and what closes all that was opened for it. */
export interface OpenPage {
  readonly page: Page;
  close(): Promise<void>;
}

/** Bundles a compiled module, serves it on the loopback address, and opens a page that runs it. */
export async function openPage(module: URL): Promise<OpenPage> {
  const root = await mkdtemp(join(tmpdir(), "dropoutkit-bench-"));
  const script = `<script type="module" src="${fileURLToPath(module)}"></script>`;
  await writeFile(join(root, "index.html"), `<!doctype html>${script}`);
  const config = { root, configFile: false, logLevel: "error" } as const;
  await build({ ...config, build: { chunkSizeWarningLimit: Infinity } });
  const server = await preview({ ...config, preview: { host: "127.0.0.1", port: 0 } });
  const browser = await chromium.launch(launch);
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls?.local[0] ?? "");
  return {
    page,
    async close() {
      await browser.close();
      await server.close();
      await rm(root, { recursive: true });
    },
  };
}
