import { describe, expect, test } from "vitest";
import * as adapter from "../../src/adapter.js";
import * as core from "../../src/index.js";
import { variantsAt } from "../seam/variants.js";
import { spaceFactories } from "./spaceFactories.js";

const options = { rate: 0.5, blockSize: 2 };
const layouts = ["first", "last"] as const;

/** The parts that a function makes of all options of all factories, as text; undefined where it makes no variant. */
function made(make: unknown, channels: core.Channels): string | undefined {
  const rates = { inputRate: 0.5, stateRate: 0.5, outputRate: 0.5, cellRate: 0.5 };
  try {
    const variant = Reflect.apply(Object(make), undefined, [{ ...options, ...rates, channels }]);
    return JSON.stringify(Object(variant).parts);
  } catch {
    return undefined;
  }
}

test("the table of factories has each export that heeds channels", () => {
  const heeding = Object.entries(core)
    .filter(([, make]) => made(make, "first") !== made(make, "last"))
    .map(([name]) => name);
  expect(heeding.sort()).toEqual(Object.keys(spaceFactories).sort());
});

describe.each(Object.entries(spaceFactories))("%s", (_, make) => {
  test.each(layouts)(
    "without channels, withChannels makes the variant of channels %s",
    (channels) => {
      expect(adapter.withChannels(make(options), channels)).toEqual(make({ ...options, channels }));
    },
  );

  test.each(layouts)("channels %s are kept in every layout", (channels) => {
    const own = make({ ...options, channels });
    for (const layout of layouts) expect(adapter.withChannels(own, layout)).toEqual(own);
  });

  test("survives JSON without channels", () => {
    const open = make(options);
    expect(JSON.parse(JSON.stringify(open))).toEqual(open);
  });

  const key = { seed: 1, site: "s", step: 0 };
  const shape = [2, 4, 4, 4];
  const x = { shape, data: new Float32Array(128).fill(1) };
  const open = make(options);
  const [part] = open.parts;
  const calls: Readonly<Record<string, (training: boolean) => unknown>> = {
    forward: (training) => core.forward(open, x.data, { ...key, shape, training }),
    backward: (training) => core.backward(open, x.data, { ...key, shape, training }),
    evaluatePart: (training) => adapter.evaluatePart(part, { ...key, leaves: { x }, training }),
    drawField: () => adapter.drawField(part.field, { ...key, target: shape }),
    planField: () => adapter.planField(part.field, { ...key, target: shape }),
    fieldShape: () => adapter.fieldShape("fieldShape", part.field, shape),
    sharedAxes: () => adapter.sharedAxes("sharedAxes", part.field, 4),
  };

  test.each(Object.keys(calls))(
    "without channels, %s says what to pass, at inference too",
    (owner) => {
      for (const training of [true, false]) {
        expect(() => calls[owner](training)).toThrow(
          new TypeError(
            `${owner}: channels must be "first" or "last" for a variant over space, got undefined`,
          ),
        );
      }
    },
  );
});

test.each(Object.entries(variantsAt(0.5)))(
  "%s says its axes: withChannels changes nothing",
  (_, variant) => {
    for (const layout of layouts) expect(adapter.withChannels(variant, layout)).toEqual(variant);
  },
);

test("withChannels: channels are first or last", () => {
  const call = (channels: unknown): unknown =>
    Reflect.apply(adapter.withChannels, undefined, [core.dropout({ rate: 0.5 }), channels]);
  for (const channels of ["middle", undefined]) {
    expect(() => call(channels)).toThrow(
      new TypeError(`withChannels: channels must be "first" or "last", got ${channels}`),
    );
  }
});

test.each(Object.entries(spaceFactories))(
  "%s: without an axis of space, where it would be plain dropout, it is an error",
  (_, make) => {
    const variant = adapter.withChannels(make({ ...options, blockSize: 1 }), "last");
    const call = { seed: 1, site: "head", step: 0, training: true };
    for (const shape of [[4], [4, 8]]) {
      const x = new Float32Array(shape.reduce((size, n) => size * n, 1));
      expect(() => core.forward(variant, x, { ...call, shape })).toThrow(
        new RangeError(
          `forward: values must have at least 3 axes, got shape [${shape.join(", ")}]`,
        ),
      );
    }
  },
);
