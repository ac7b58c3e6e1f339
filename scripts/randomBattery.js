// @ts-check
/*
 * Streams the noise of the mask contract into dieharder (a Debian package), prints its report, and
 * fails if a p-value is smaller than the number of p-values lets expect. Needs a build.
 * node scripts/randomBattery.js [stream ...]
 */
import { dieharder } from "./dieharder.js";
import { checkStream, noiseStream } from "./noiseStream.js";

/** @type {Record<string, import("./noiseStream.js").StreamOptions>} */
const streams = {
  /** Long fields: 65,536 entries. */
  draws: { draw: "bernoulli", sites: 8, tiles: 256 },
  /** Short fields, of 256 entries: most of a word's neighbours come from other sites and steps. */
  steps: { draw: "bernoulli", sites: 32, tiles: 1 },
  uniforms: { draw: "uniform", sites: 8, tiles: 256 },
};

/**
 * All of dieharder's tests but those that it calls suspect itself (5, 6, 7, 14) and the one of its
 * own Kolmogorov-Smirnov test (204). Where all of its tuple sizes or repetitions would take hours,
 * some of them.
 * @type {import("./dieharder.js").Test[]}
 */
const tests = [
  ...[0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 15, 16].map((test) => ({ test })),
  { test: 17, samples: 10 },
  ...[100, 101, 102].map((test) => ({ test })),
  ...[1, 2, 3, 4, 6, 8].map((tuple) => ({ test: 200, tuple })),
  ...[2, 3, 4].map((tuple) => ({ test: 201, tuple })),
  ...[2, 3, 4, 5].map((tuple) => ({ test: 202, tuple })),
  ...[0, 1, 2, 3, 7].map((tuple) => ({ test: 203, tuple })),
  ...[15, 31].map((tuple) => ({ test: 203, tuple, samples: 20 })),
  ...[205, 206, 207, 208, 209].map((test) => ({ test })),
];

/** Probability that ideal noise fails: with m p-values, two-sided, none may be below this / (2 m). */
const falseAlarm = 1e-3;

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(streams);
/** @type {number[]} */
const ps = [];
for (const name of names) {
  const stream = streams[name];
  if (stream === undefined) {
    throw new Error(
      `randomBattery: stream must be ${Object.keys(streams).join(", ")}, got ${name}`,
    );
  }
  checkStream(stream);
  console.log(`${name}: test | tuple | samples | repetitions | p-value | dieharder's word`);
  const cursor = { step: 0 };
  for (const test of tests) {
    for (const { p, line } of await dieharder(test, noiseStream(stream, cursor))) {
      ps.push(p);
      console.log(line);
    }
  }
}

const bound = falseAlarm / (2 * ps.length);
const tails = ps.map((p) => Math.min(p, 1 - p));
const failed = tails.filter((tail) => tail < bound).length;
const weak = tails.filter((tail) => tail < 0.005).length;
console.log(
  `${ps.length} p-values: ${failed} nearer than ${bound.toExponential(1)} to 0 or 1 (none allowed), ` +
    `${weak} nearer than 0.005 (${(ps.length / 100).toFixed(1)} expected), smallest ${Math.min(...tails)}`,
);
if (failed > 0) process.exitCode = 1;
