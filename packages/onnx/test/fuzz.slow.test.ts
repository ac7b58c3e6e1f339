import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const fuzz = fileURLToPath(new URL("../../../scripts/fuzzOnnx.js", import.meta.url));

test("2,000 files that are wrong in one way: each is an error of one sentence, or a model that stays valid", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [fuzz, "--runs", "2000"]);
  expect(stdout).toMatch(/^2000 files: \d+ models, \d+ errors, 0 failures/);
}, 120_000);
