import { expect, test } from "vitest";
import { fieldShape } from "../../src/adapter.js";
import { embeddingDropout } from "../../src/index.js";

test("embeddingDropout: one draw for each row of the table", () => {
  const [part] = embeddingDropout({ rate: 0.5 }).parts;
  expect([part.at, fieldShape("fieldShape", part.field, [1000, 16])]).toEqual([
    "kernel",
    [1000, 1],
  ]);
});

test.each([1.5, -0.1, Number.NaN])("embeddingDropout: rate %d is a RangeError", (rate) => {
  expect(() => embeddingDropout({ rate })).toThrow(
    new RangeError(`embeddingDropout: rate must be in [0, 1], got ${rate}`),
  );
});

test("embeddingDropout: a missing rate is a TypeError", () => {
  // @ts-expect-error A caller in JavaScript may leave it out.
  expect(() => embeddingDropout({})).toThrow(
    new TypeError("embeddingDropout: rate must be a number in [0, 1], got undefined"),
  );
});
