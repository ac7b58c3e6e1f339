import { fileURLToPath } from "node:url";
import { build } from "vite";

const configFile = fileURLToPath(new URL("../../vite.config.ts", import.meta.url));

/** Builds the page, before the first test of a run that opens it. */
export async function setup(): Promise<void> {
  await build({ configFile, logLevel: "error" });
}
