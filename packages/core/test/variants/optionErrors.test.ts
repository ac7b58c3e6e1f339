import { describe, expect, test } from "vitest";
import {
  alphaDropout,
  dropBlock,
  dropConnect,
  featureAlphaDropout,
  gaussianDropout,
  recurrentDropConnect,
  spatialDropout,
  stochasticDepth,
  type Variant,
  variationalDropout,
  zoneout,
} from "../../src/index.js";

/** A factory as a caller in JavaScript sees it: any value may come for any option. */
type Build = (options: Record<string, unknown>) => Variant;

// Calling through `apply` takes the types off the options: here wrong kinds are the subject.
const untyped =
  (factory: (options: never) => Variant): Build =>
  (options) =>
    Reflect.apply(factory, undefined, [options]);

/** A factory, good options for it, and the options that are rates. */
const rows: readonly (readonly [(options: never) => Variant, Record<string, unknown>, string[]])[] =
  [
    [spatialDropout, { rate: 0.5, channels: "first" }, ["rate"]],
    [alphaDropout, { rate: 0.5, noiseShape: [null, 1] }, ["rate"]],
    [featureAlphaDropout, { rate: 0.5, channels: "last" }, ["rate"]],
    [gaussianDropout, { rate: 0.5 }, ["rate"]],
    [dropBlock, { rate: 0.5, blockSize: 3, channels: "last" }, ["rate"]],
    [stochasticDepth, { rate: 0.5, per: "batch" }, ["rate"]],
    [dropConnect, { rate: 0.5, per: "batch", samples: 2 }, ["rate"]],
    [recurrentDropConnect, { rate: 0.5 }, ["rate"]],
    [
      variationalDropout,
      { inputRate: 0.1, stateRate: 0.2, outputRate: 0.3, gates: 4 },
      ["inputRate", "stateRate", "outputRate"],
    ],
    [zoneout, { stateRate: 0.1, cellRate: 0.2 }, ["stateRate", "cellRate"]],
  ];

describe.each(rows.map(([factory, good, rates]) => [factory.name, factory, good, rates] as const))(
  "%s",
  (owner, factory, good, rates) => {
    const build = untyped(factory);

    test("carries its name, and survives JSON so that it can be saved with a model", () => {
      expect(build(good).name).toBe(owner);
      expect(JSON.parse(JSON.stringify(build(good)))).toEqual(build(good));
    });

    test.each(rates)("%s outside [0, 1] is a RangeError", (name) => {
      for (const value of [1.0000001, -1e-9, Number.NaN]) {
        expect(() => build({ ...good, [name]: value })).toThrow(
          new RangeError(`${owner}: ${name} must be in [0, 1], got ${value}`),
        );
      }
    });

    test.each(rates)("%s that is missing is a TypeError", (name) => {
      expect(() => build({ ...good, [name]: undefined })).toThrow(
        new TypeError(`${owner}: ${name} must be a number in [0, 1], got undefined`),
      );
    });

    test.each(rates)("%s may be 0 and 1", (name) => {
      for (const value of [0, 1]) expect(build({ ...good, [name]: value }).name).toBe(owner);
    });
  },
);

test.each<[(options: never) => Variant, string]>([
  [dropBlock, "blockSize"],
  [dropConnect, "samples"],
  [variationalDropout, "gates"],
])("%o: %s must be an integer >= 1", (factory, name) => {
  const good = rows.find(([row]) => row === factory)?.[1] ?? {};
  const message = (value: unknown): string =>
    `${factory.name}: ${name} must be an integer >= 1, got ${value}`;
  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => untyped(factory)({ ...good, [name]: value })).toThrow(
      new RangeError(message(value)),
    );
  }
  expect(() => untyped(factory)({ ...good, [name]: "3" })).toThrow(new TypeError(message("3")));
});

test("dropBlock: a missing blockSize is a TypeError", () => {
  expect(() => untyped(dropBlock)({ rate: 0.5 })).toThrow(
    new TypeError("dropBlock: blockSize must be an integer >= 1, got undefined"),
  );
});

test.each([[spatialDropout], [featureAlphaDropout], [dropBlock]])(
  "%o: channels are first or last",
  (factory) => {
    expect(() => untyped(factory)({ rate: 0.5, blockSize: 3, channels: "middle" })).toThrow(
      new TypeError(`${factory.name}: channels must be "first" or "last", got middle`),
    );
  },
);

test.each([[stochasticDepth], [dropConnect]])("%o: per is example or batch", (factory) => {
  expect(() => untyped(factory)({ rate: 0.5, per: "row" })).toThrow(
    new TypeError(`${factory.name}: per must be "example" or "batch", got row`),
  );
});

test.each([0, -1, 1.5, Number.NaN])("alphaDropout: noiseShape with %d is a RangeError", (size) => {
  expect(() => alphaDropout({ rate: 0.5, noiseShape: [null, size] })).toThrow(
    new RangeError(`alphaDropout: noiseShape must be null or integers >= 1, got ${size}`),
  );
});
