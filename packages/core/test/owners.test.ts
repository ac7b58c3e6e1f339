import { describe, expect, test } from "vitest";
import * as core from "../src/index.js";

const key = { seed: 3, site: "dense", step: 1 };
const words = [
  { ...key, seed: -1 },
  { ...key, step: 0.5 },
  { ...key, site: "\ud800" },
];

/** Values of a call of `forward` or `backward`, and what may be wrong with it. */
function applications(): unknown[][] {
  const x = new Float32Array(6);
  const good = { ...key, shape: [2, 3], training: true };
  const { dropout, dropBlock, dropConnect, spatialDropout } = core;
  return [
    ...words.map((word) => [dropout({ rate: 0.5 }), x, { ...good, ...word }]),
    [dropout({ rate: 0.5 }), x],
    [dropout, x, good],
    [dropout({ rate: 0.5 }), x, { ...good, shape: [-2, 3] }],
    [dropout({ rate: 0.5 }), x, { ...good, shape: [2, 4] }],
    [dropout({ rate: 0.5 }), x, { ...good, rate: 2 }],
    [dropout({ rate: 0.5 }), x, good, new Float32Array(5)],
    [dropout({ rate: 0.5, noiseShape: [2] }), x, good],
    [dropout({ rate: 0.5, noiseShape: [1, 1, 1] }), x, good],
    [dropConnect({ rate: 0.5 }), x, good],
    [spatialDropout({ rate: 0.5 }), x, good],
    [spatialDropout({ rate: 0.5, channels: "last" }), x, good],
    [dropBlock({ rate: 0.5, blockSize: 9, channels: "last" }), x, { ...good, shape: [1, 6, 1] }],
  ];
}

function denseCalls(): unknown[][] {
  const { parts } = core.dropConnect({ rate: 0.5 });
  const [x, kernel, dy] = [2, 6, 3].map((size) => new Float32Array(size));
  const good = { ...key, batch: 1, inputs: 2, units: 3 };
  return [
    ...words.map((word) => [parts, { x, kernel, dy }, { ...good, ...word }]),
    [parts, { x, kernel, dy }, { ...good, units: -1 }],
    [parts, { x, kernel, dy }, { ...good, rate: Number.NaN }],
    [parts, { x, kernel: x, dy }, good],
    [core.dropConnect({ rate: 0.5, per: "batch" }).parts, { x, kernel, dy }, good],
    [core.dropout({ rate: 0.5 }).parts, { x, kernel, dy }, good],
  ];
}

const rates: unknown[][] = [[{ rate: 2 }], [{ rate: "0.5" }], [{}]];
const rise: unknown[][] = [[{ from: 0, to: 2, steps: 9 }], [{ from: 0, to: 1, steps: 0 }], [{}]];
const space: unknown[][] = [...rates, [{ rate: 0.5, blockSize: 2, channels: "middle" }]];

/** Calls with bad input, of every function of the main entry. */
const calls: Readonly<Record<string, unknown[][]>> = {
  alphaDropout: [...rates, [{ rate: 0.5, noiseShape: [0] }]],
  concreteDropout: [[{ initialRate: 0 }], [{ temperature: -1 }]],
  dropBlock: [...space, [{ rate: 0.5, blockSize: 0 }]],
  dropConnect: [...rates, [{ rate: 0.5, per: "step" }], [{ rate: 0.5, samples: 0 }]],
  dropout: [...rates, [{ rate: 0.5, noiseShape: [0] }]],
  embeddingDropout: rates,
  featureAlphaDropout: space,
  gaussianDropout: rates,
  recurrentDropConnect: rates,
  sparseVariationalDropout: [[{ initialLogAlpha: "x" }], [{ initialLogAlpha: Number.NaN }]],
  spatialDropout: space,
  tokenDropout: rates,
  stochasticDepth: [...rates, [{ rate: 0.5, per: "step" }]],
  variationalDropout: [[{}], [{ inputRate: 0, stateRate: 2, outputRate: 0 }]],
  zoneout: [[{}], [{ stateRate: 0.5, cellRate: 2 }]],
  constantSchedule: rates,
  cosineSchedule: rise,
  curriculumSchedule: [...rates, [{ rate: 0.5, gamma: 0 }]],
  earlySchedule: [...rates, [{ rate: 0.5, steps: 0 }]],
  lateSchedule: [...rates, [{ rate: 0.5, from: -1 }]],
  linearDepthRate: [...rates, [{ rate: 0.5, block: 3, blocks: 2 }]],
  linearSchedule: rise,
  forward: applications(),
  backward: applications(),
  denseForward: denseCalls(),
  denseBackward: denseCalls(),
  derive: [
    [-1, "data"],
    [1, "\ud800"],
  ],
  drawMask: [
    ...words.map((word) => [{ ...word, rate: 0.5, shape: [2] }]),
    [{ ...key, rate: 2, shape: [2] }],
    [{ ...key, rate: 0.5, shape: [0.5] }],
  ],
  Arena: [[{ bytes: -1 }]],
};

test("every function of the main entry is in the table", () => {
  const functions = Object.entries(core).filter(([, value]) => typeof value === "function");
  expect(Object.keys(calls).sort()).toEqual(functions.map(([name]) => name).sort());
});

/** Whose options may all be left out, and who takes none. */
const withoutOptions = ["concreteDropout", "sparseVariationalDropout"];

describe.each(Object.entries(calls))("%s: bad input", (name, rows) => {
  const missing = withoutOptions.includes(name) ? [] : [[], [undefined, new Float32Array(1)]];
  test.each([...missing, ...rows].map((row, i) => [i, row] as const))(
    "%i is an error that names it",
    (_, row) => {
      const call = Reflect.get(core, name);
      const run = (): unknown =>
        name === "Arena" ? Reflect.construct(call, row) : Reflect.apply(call, undefined, row);
      expect(run).toThrow(new RegExp(`^${name}: [^\\n]+, got [^\\n]+$`));
    },
  );
});
