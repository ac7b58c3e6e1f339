import type { Case, Result, Taken } from "./Case.js";

/** Runs of each side first that do not count, for every one that does: compilers and caches settle. */
const WARM_UP = 1 / 3;

/** Measures both sides in turn, so that what else the machine does falls on both, and compares the medians. */
export async function measure(item: Case): Promise<Result> {
  const { name, peer, target, runs, unit = "ms" } = item;
  const sides = await item.prepare();
  const all: { readonly ours: number; readonly theirs: number }[] = [];
  for (let run = -Math.ceil(runs * WARM_UP); run < runs; run++) {
    const taken = { ours: await timed(sides.ours), theirs: await timed(sides.peer) };
    if (run >= 0) all.push(taken);
  }
  await sides.dispose();
  const ours = median(all.map((taken) => taken.ours));
  const theirs = median(all.map((taken) => taken.theirs));
  return { case: name, unit, ours, peer, theirs, ratio: theirs / ours, target };
}

async function timed(work: () => Taken): Promise<number> {
  const start = performance.now();
  return (await work()) ?? performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
