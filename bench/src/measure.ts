import type { Case, Result, Taken } from "./Case.js";

/** Untimed runs of each side first, for every timed one: compilers and caches settle. */
const WARM_UP = 1 / 3;

/** Times both sides in turn, so that what else the machine does falls on both, and compares the medians. */
export async function measure({ name, peer, target, runs, prepare }: Case): Promise<Result> {
  const sides = await prepare();
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = -Math.ceil(runs * WARM_UP); run < runs; run++) {
    const oursMs = await timed(sides.ours);
    const peerMs = await timed(sides.peer);
    if (run >= 0) {
      ours.push(oursMs);
      theirs.push(peerMs);
    }
  }
  await sides.dispose();
  const oursMs = median(ours);
  const peerMs = median(theirs);
  return { case: name, oursMs, peer, peerMs, ratio: peerMs / oursMs, target };
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
