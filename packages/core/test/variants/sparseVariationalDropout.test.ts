import { expect, test } from "vitest";
import { type SparseVariationalDropoutOptions, sparseVariationalDropout } from "../../src/index.js";

test("sparseVariationalDropout: learns one log alpha a weight, from where it is told to", () => {
  expect(sparseVariationalDropout({ initialLogAlpha: -3 }).learned).toEqual({
    logAlpha: { init: -3, like: "w", range: [-8, 8] },
  });
});

test("sparseVariationalDropout: survives JSON, so that it can be saved with a model", () => {
  const variant = sparseVariationalDropout();
  expect(JSON.parse(JSON.stringify(variant))).toEqual(variant);
});

test.each<[SparseVariationalDropoutOptions, string]>([
  [{ initialLogAlpha: 8.5 }, "initialLogAlpha must be in [-8, 8], got 8.5"],
  [{ initialLogAlpha: Number.NaN }, "initialLogAlpha must be in [-8, 8], got NaN"],
  [{ klWeight: -1 }, "klWeight must be a finite number >= 0, got -1"],
])("sparseVariationalDropout: %o is a RangeError", (options, message) => {
  expect(() => sparseVariationalDropout(options)).toThrow(
    new RangeError(`sparseVariationalDropout: ${message}`),
  );
});

test("sparseVariationalDropout: an option that is no number is a TypeError", () => {
  // @ts-expect-error A caller in JavaScript may pass null.
  expect(() => sparseVariationalDropout({ initialLogAlpha: null })).toThrow(
    new TypeError("sparseVariationalDropout: initialLogAlpha must be in [-8, 8], got null"),
  );
  // @ts-expect-error A caller in JavaScript may pass text.
  expect(() => sparseVariationalDropout({ klWeight: "1" })).toThrow(
    new TypeError("sparseVariationalDropout: klWeight must be a finite number >= 0, got 1"),
  );
});
