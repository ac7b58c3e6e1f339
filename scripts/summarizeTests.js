// @ts-check
/*
 * Reads vitest's JSON report, says what a complete run must not lack, and prints the counts last:
 * node scripts/summarizeTests.js <report> [--without-data]
 */
import { readFileSync } from "node:fs";

/**
 * @typedef {object} TestFile
 * @property {string} name
 * @property {"passed" | "failed"} status
 * @property {{ status: string, fullName: string }[]} assertionResults
 */

const [report = "", mode] = process.argv.slice(2);
/** @type {{ success: boolean, testResults: TestFile[] }} */
const { success, testResults } = JSON.parse(readFileSync(report, "utf8"));

const tests = testResults.flatMap((file) =>
  file.assertionResults.map((test) => ({ ...test, isBrowser: file.name.includes(".browser.") })),
);
const passed = tests.filter(({ status }) => status === "passed");
const skipped = tests.filter(({ status }) => status !== "passed" && status !== "failed");
// A file that fails to load counts as one failed test, as it has none of its own.
const broken = testResults.filter(
  ({ status, assertionResults }) =>
    status === "failed" && assertionResults.every((test) => test.status !== "failed"),
);
const failed = tests.length - passed.length - skipped.length + broken.length;

const problems = [
  ...(success && failed === 0 ? [] : ["the run must succeed"]),
  ...(passed.some(({ isBrowser }) => isBrowser) ? [] : ["browser tests must run, got none"]),
  ...skipped
    .filter(({ isBrowser }) => isBrowser || mode !== "--without-data")
    .map(({ fullName }) => `no test may be skipped here, got ${fullName}`),
];
for (const problem of problems) console.error(`tests: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
console.log(`Tests: ${passed.length} passed, ${failed} failed, ${skipped.length} skipped`);
