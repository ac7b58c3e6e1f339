import { expect, test } from "vitest";
import { type ConcreteDropoutOptions, concreteDropout } from "../../src/index.js";

test("concreteDropout: starts at its initial rate, 0.1 by default", () => {
  const starts = [concreteDropout(), concreteDropout({ initialRate: 0.5 })].map(
    ({ learned }) => learned?.logit.init,
  );
  expect(starts).toEqual([Math.log(0.1 / 0.9), 0]);
});

test("concreteDropout: survives JSON, so that it can be saved with a model", () => {
  const variant = concreteDropout({ temperature: 0.2 });
  expect(JSON.parse(JSON.stringify(variant))).toEqual(variant);
});

test.each<[ConcreteDropoutOptions, string]>([
  [{ initialRate: 0 }, "initialRate must be in [0.0001, 0.9999], got 0"],
  [{ initialRate: 1 }, "initialRate must be in [0.0001, 0.9999], got 1"],
  [{ initialRate: 2 }, "initialRate must be in [0, 1], got 2"],
  [{ temperature: 0 }, "temperature must be a finite number > 0, got 0"],
  [{ temperature: Number.NaN }, "temperature must be a finite number > 0, got NaN"],
  [{ weightRegularizer: -1 }, "weightRegularizer must be a finite number >= 0, got -1"],
  [
    { dropoutRegularizer: Number.POSITIVE_INFINITY },
    "dropoutRegularizer must be a finite number >= 0, got Infinity",
  ],
])("concreteDropout: %o is a RangeError", (options, message) => {
  expect(() => concreteDropout(options)).toThrow(new RangeError(`concreteDropout: ${message}`));
});

test("concreteDropout: an option that is no number is a TypeError", () => {
  // @ts-expect-error A caller in JavaScript may pass text.
  expect(() => concreteDropout({ temperature: "0.1" })).toThrow(
    new TypeError("concreteDropout: temperature must be a finite number > 0, got 0.1"),
  );
  // @ts-expect-error A caller in JavaScript may pass null.
  expect(() => concreteDropout({ initialRate: null })).toThrow(
    new TypeError("concreteDropout: initialRate must be a number in [0, 1], got null"),
  );
});
