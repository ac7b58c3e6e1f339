import {
  alphaDropout,
  cosineSchedule,
  dropBlock,
  dropout,
  forward,
  gaussianDropout,
  type Variant,
} from "@dropoutkit/core";
import { sizeOf } from "@dropoutkit/core/adapter";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeValueInfo, type NoiseSource } from "../../src/graph.js";
import {
  encodeModel,
  insertDropout,
  inspectDropout,
  maskFeeds,
  type OnnxModel,
  rateAsInput,
  setRates,
  stripDropout,
} from "../../src/index.js";
import { bitsOf, float32, runModel } from "../runtime/runModel.js";

const shape = [2, 6, 5, 3];

/** `a = relu(x); y = abs(a)`, with a site behind each. */
function noisy(variant: Variant, noise: NoiseSource): OnnxModel {
  return insertDropout(plain(), { variant, after: { opType: ["Relu", "Abs"] }, noise });
}

function plain(): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Relu", ["x"], { name: "first", outputs: ["a"] });
  builder.op("Abs", ["a"], { name: "second", outputs: ["y"] });
  const value = { type: "float32", dims: ["batch", 6, 5, 3] } as const;
  return builder.model({
    name: "two",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
}

const x = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.abs(Math.sin(i + 1)));
const key = { seed: 3, step: 5 };

async function run(
  model: OnnxModel,
  rates?: number | Readonly<Record<string, number>>,
): Promise<Float32Array> {
  const feeds = maskFeeds(model, {
    ...key,
    dims: { batch: 2 },
    ...(rates !== undefined && { rates }),
  });
  const { y } = await runModel(model, { ...feeds, x: float32(shape, x) });
  if (!(y.data instanceof Float32Array)) throw new TypeError("y must be float32");
  return y.data;
}

/** The bits of values, where -0 is 0: onnxruntime takes out an addition of a constant 0, which makes 0 of -0. */
const unsigned = (values: Float32Array): Uint32Array => bitsOf(values.map((value) => value + 0));

/** Core's noise at both sites, with a rate each. */
function expected(variant: Variant, first: number, second: number): Float32Array {
  const options = { ...key, shape, training: true };
  const a = forward(variant, x, { ...options, site: "first", rate: first });
  return forward(variant, a.map(Math.abs), { ...options, site: "second", rate: second });
}

const variants = [
  dropout({ rate: 0.5 }),
  alphaDropout({ rate: 0.5 }),
  gaussianDropout({ rate: 0.5 }),
  dropBlock({ rate: 0.5, blockSize: 2, channels: "last" }),
];

describe.each(["feeds", "graph"] as const)("rateAsInput with noise from %s", (noise) => {
  test.each(variants)(
    "$name: a rate that is fed gives the bits of one that is built in",
    async (variant) => {
      const open = rateAsInput(noisy(variant, noise));
      for (const rate of [0, 0.3, 65535 / 65536, 1]) {
        const constant = await run(setRates(noisy(variant, noise), rate));
        expect(unsigned(await run(open, rate))).toEqual(unsigned(constant));
        // Normals of the graph are not core's to the bit.
        if (variant.name === "gaussianDropout") continue;
        expect(unsigned(constant)).toEqual(unsigned(expected(variant, rate, rate)));
      }
    },
  );

  test("rates by site; without one, the rate from before", async () => {
    const variant = dropout({ rate: 0.5 });
    const open = rateAsInput(noisy(variant, noise));
    expect(await run(open)).toEqual(expected(variant, 0.5, 0.5));
    expect(await run(open, { second: 0.1 })).toEqual(expected(variant, 0.5, 0.1));
    expect(await run(open, { first: 0.2, "first/activation": 0.3 })).toEqual(
      expected(variant, 0.3, 0.5),
    );
  });

  test("a chosen site alone; the other keeps its rate", async () => {
    const variant = dropout({ rate: 0.5 });
    const open = rateAsInput(noisy(variant, noise), { sites: ["second"] });
    expect(await run(open, 0.1)).toEqual(expected(variant, 0.5, 0.1));
    expect(open.graph.input.map(({ name }) => name)).toContain("second/threshold");
    expect(open.graph.input.map(({ name }) => name)).not.toContain("first/threshold");
    expect(() => maskFeeds(open, { ...key, dims: { batch: 2 }, rates: { first: 0.1 } })).toThrow(
      "maskFeeds: site must be one of the model whose rate can change, got first",
    );
  });

  test("a schedule needs one session", async () => {
    const variant = dropout({ rate: 0.5 });
    const open = rateAsInput(noisy(variant, noise));
    const schedule = cosineSchedule({ from: 0.5, to: 0, steps: 4 });
    for (let step = 0; step <= 4; step++) {
      const rate = schedule(step);
      expect(await run(open, rate)).toEqual(expected(variant, rate, rate));
    }
  });

  test("again: nothing changes; one site and then the other: the same inputs", () => {
    const model = noisy(alphaDropout({ rate: 0.5 }), noise);
    const open = rateAsInput(model);
    expect(encodeModel(rateAsInput(open))).toEqual(encodeModel(open));
    const one = rateAsInput(rateAsInput(model, { sites: ["first"] }), { sites: ["second"] });
    expect(one.graph.input.map(({ name }) => name)).toEqual(
      open.graph.input.map(({ name }) => name),
    );
  });

  test("inspectDropout knows no rate, stripDropout gives the model from before", () => {
    const open = rateAsInput(noisy(alphaDropout({ rate: 0.5 }), noise));
    expect(inspectDropout(open).sites.map(({ rate }) => rate)).toEqual([undefined, undefined]);
    expect(encodeModel(stripDropout(open))).toEqual(encodeModel(plain()));
  });

  test("the model that is given is not changed", () => {
    const model = noisy(alphaDropout({ rate: 0.5 }), noise);
    const bytes = encodeModel(model);
    rateAsInput(model);
    setRates(model, 0.1);
    expect(encodeModel(model)).toEqual(bytes);
  });
});

describe.each(["feeds", "graph"] as const)("setRates with noise from %s", (noise) => {
  test.each(variants)("$name: to the byte what insertDropout makes with that rate", (variant) => {
    const other: Variant = {
      ...variant,
      parts: variant.parts.map((part) => ({ ...part, field: { ...part.field, rate: 0.3 } })),
    };
    expect(encodeModel(setRates(noisy(variant, noise), 0.3))).toEqual(
      encodeModel(noisy(other, noise)),
    );
  });

  test("rates by site; of a rate that is an input, the one that is fed without another", async () => {
    const variant = dropout({ rate: 0.5 });
    expect(await run(setRates(noisy(variant, noise), { second: 0.1 }))).toEqual(
      expected(variant, 0.5, 0.1),
    );
    expect(await run(setRates(rateAsInput(noisy(variant, noise)), { second: 0.1 }))).toEqual(
      expected(variant, 0.5, 0.1),
    );
  });
});

describe("rates: errors", () => {
  const model = noisy(dropout({ rate: 0.5 }), "feeds");
  const open = rateAsInput(model);
  const feed = (rates: number | Record<string, number>) => () =>
    maskFeeds(open, { ...key, dims: { batch: 2 }, rates });

  test.each([-0.1, 1.5, Number.NaN])("a rate of %d", (rate) => {
    expect(() => setRates(model, rate)).toThrow(
      new RangeError(`setRates: rate must be in [0, 1], got ${rate}`),
    );
    expect(feed({ first: rate })).toThrow(
      new RangeError(`maskFeeds: rate of first must be in [0, 1], got ${rate}`),
    );
  });

  test("a name that is no site's", () => {
    const message = (owner: string) =>
      `${owner}: site must be one of the model whose rate can change, got frist; did you mean first?`;
    expect(feed({ frist: 0.1 })).toThrow(message("maskFeeds"));
    expect(() => setRates(model, { frist: 0.1 })).toThrow(message("setRates"));
    expect(() => rateAsInput(model, { sites: ["frist"] })).toThrow(message("rateAsInput"));
  });

  test("a model without a site, or with none whose rate is an input", () => {
    expect(() => rateAsInput(plain())).toThrow(
      "rateAsInput: model must have a site with a rate, got none",
    );
    expect(() => setRates(plain(), 0.1)).toThrow(
      "setRates: model must have a site whose rate can change, got none",
    );
    expect(() => maskFeeds(model, { ...key, dims: { batch: 2 }, rates: 0.1 })).toThrow(
      "maskFeeds: model must have a site whose rate can change, got none",
    );
  });
});
