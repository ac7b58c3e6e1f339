import { readFile, rename, writeFile } from "node:fs/promises";
import Table from "cli-table3";
import type { Result } from "./Case.js";

/** The results as a table; `ratio` = peer / ours. */
export function resultTable(results: readonly Result[]): string {
  const table = new Table({
    head: ["case", "ours", "peer", "its", "", "ratio", "target"],
    colAligns: ["left", "right", "left", "right", "left", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const { case: name, unit, ours, peer, theirs, ratio, target } of results) {
    const wanted = target === null ? "" : `${target}${ratio >= target ? "" : " missed"}`;
    const [own, other, share] = [ours, theirs, ratio].map((value) => value.toFixed(2));
    table.push([name, own, peer, other, unit, share, wanted]);
  }
  return table.toString();
}

/** Writes results to a JSON file; lines of cases that did not run stay as they are. */
export async function saveResults(file: URL, results: readonly Result[]): Promise<void> {
  const isNew = ({ case: name, peer }: Result): boolean =>
    results.some((result) => result.case === name && result.peer === peer);
  const kept = (await readResults(file)).filter((result) => !isNew(result));
  const temporary = new URL(`${file.href}.tmp`);
  await writeFile(temporary, `${JSON.stringify([...kept, ...results], null, 2)}\n`);
  await rename(temporary, file);
}

async function readResults(file: URL): Promise<Result[]> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
