import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const { DROPOUTKIT_DATA } = process.env;
const folder =
  DROPOUTKIT_DATA ?? fileURLToPath(new URL("../../../../shared/data/", import.meta.url));

/** Whether the real data sets lie beside the repository, or where `DROPOUTKIT_DATA` says. */
export const hasSharedData: boolean = existsSync(join(folder, "mnist"));

/** What a test's title adds where the real data sets are missing. */
export const sharedDataNote: string = hasSharedData
  ? ""
  : " (skipped: no data sets in ../shared/data, nor in DROPOUTKIT_DATA)";

/** Path of one of the real data sets: `mnist`, `fashion-mnist`. */
export function sharedData(name: string): string {
  return join(folder, name);
}
