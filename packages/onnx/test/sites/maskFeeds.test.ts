import { drawMask, dropout } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeValueInfo, type NoiseSource } from "../../src/graph.js";
import {
  insertDropout,
  maskFeeds,
  type OnnxModel,
  prepareFeeds,
  rateAsInput,
} from "../../src/index.js";

/** `b = relu(a); c = relu(b)` over `[batch, 4]`, with sites `a`, `b` behind the two. */
function noisy(noise: NoiseSource): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Relu", ["x"], { outputs: ["a"], name: "first" });
  builder.op("Relu", ["a"], { outputs: ["b"], name: "second" });
  const value = { type: "float32", dims: ["batch", 4] } as const;
  const model = builder.model({
    name: "two",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("b", value)],
    opset: 18,
  });
  return insertDropout(model, {
    variant: dropout({ rate: 0.25 }),
    after: { opType: "Relu" },
    noise,
  });
}

const dims = { batch: 3 };

describe("maskFeeds", () => {
  test("one mask for each fed site, as core draws it", () => {
    const feeds = maskFeeds(noisy("feeds"), { seed: 5, step: 9, dims });
    const mask = (site: string) => ({
      type: "bool",
      dims: [3, 4],
      data: drawMask({ seed: 5, step: 9, site: `${site}/activation`, shape: [3, 4], rate: 0.25 }),
    });
    expect(feeds).toEqual({ "first/keep": mask("first"), "second/keep": mask("second") });
  });

  test("one key for all sites in the graph", () => {
    const feeds = maskFeeds(noisy("graph"), { seed: 4294967295, step: 9 });
    expect(feeds).toEqual({
      "dropout.key": { type: "uint32", dims: [2], data: Uint32Array.of(4294967295, 9) },
    });
  });

  test("nothing for a model without sites", () => {
    const builder = new GraphBuilder();
    builder.op("Relu", [builder.scalar("float32", 1)], { outputs: ["y"] });
    const model = builder.model({ name: "plain", inputs: [], outputs: [], opset: 18 });
    expect(maskFeeds(model, { seed: 0, step: 0 })).toEqual({});
  });

  test("a size that the model names must be given", () => {
    const model = noisy("feeds");
    expect(() => maskFeeds(model, { seed: 0, step: 0 })).toThrow(
      "maskFeeds: dims must have a size for batch, got {}",
    );
    expect(() => maskFeeds(model, { seed: 0, step: 0, dims: { btach: 3 } })).toThrow(
      'maskFeeds: dims must have a size for batch, got {"btach":3}',
    );
  });

  test("sizes that make a field empty are an error, as the runtime may hold one entry there", () => {
    const builder = new GraphBuilder();
    const attributes = { kernel_shape: [3], strides: [2] };
    builder.op("MaxPool", ["x"], { name: "pool", outputs: ["y"], attributes });
    const value = { type: "float32", dims: [1, 1, "time"] } as const;
    const [x, y] = ["x", "y"].map((name) => makeValueInfo(name, value));
    const model = builder.model({ name: "pool", inputs: [x], outputs: [y], opset: 17 });
    const after = { opType: "MaxPool" };
    const noisyPool = insertDropout(model, { variant: dropout({ rate: 0.5 }), after });
    const feedsAt = (time: number) => maskFeeds(noisyPool, { seed: 0, step: 0, dims: { time } });
    expect(feedsAt(3)["pool/keep"].dims).toEqual([1, 1, 1]);
    expect(() => feedsAt(2)).toThrow(
      /^maskFeeds: dims must make floor\(.* an integer >= 1, got 0 from \{"time":2\}$/,
    );
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])("seed and step %d are out of range", (word) => {
    for (const noise of ["feeds", "graph"] as const) {
      expect(() => maskFeeds(noisy(noise), { seed: word, step: 0, dims })).toThrow(
        new RangeError(`maskFeeds: seed must be an integer in [0, 2^32), got ${word}`),
      );
      expect(() => maskFeeds(noisy(noise), { seed: 0, step: word, dims })).toThrow(
        new RangeError(`maskFeeds: step must be an integer in [0, 2^32), got ${word}`),
      );
    }
  });

  test("a record that is no site is an error", () => {
    const model = noisy("feeds");
    model.metadataProps[0].value = "{}";
    expect(() => maskFeeds(model, { seed: 0, step: 0, dims })).toThrow(
      "sitesOf: metadata dropoutkit.site/first/activation must be a site as insertDropout writes it, got {}",
    );
  });

  test("a product of named sizes is known from its factors", () => {
    const builder = new GraphBuilder();
    const shape = builder.ints([-1]);
    builder.op("Reshape", ["x", shape], { outputs: ["flat"], name: "flat" });
    builder.op("Relu", ["flat"], { outputs: ["y"] });
    const model = insertDropout(
      builder.model({
        name: "flat",
        inputs: [makeValueInfo("x", { type: "float32", dims: ["batch", 4] })],
        outputs: [makeValueInfo("y", { type: "float32", dims: ["entries"] })],
        opset: 18,
      }),
      { variant: dropout({ rate: 0.25 }), after: { tensor: "flat" } },
    );
    expect(maskFeeds(model, { seed: 0, step: 0, dims })["flat/keep"].dims).toEqual([12]);
    expect(() => maskFeeds(model, { seed: 0, step: 0 })).toThrow(
      "maskFeeds: dims must have a size for batch, got {}",
    );
  });

  test("prepared feeds: each call fills the same arrays with what maskFeeds draws", () => {
    for (const noise of ["feeds", "graph"] as const) {
      const model = rateAsInput(noisy(noise));
      const draw = prepareFeeds(model, { seed: 5, dims });
      const first = draw({ step: 9 });
      expect(first).toEqual(maskFeeds(model, { seed: 5, step: 9, dims }));
      for (const run of [
        { step: 10, rates: 0.5 },
        { step: 10, rates: { first: 1 } },
        { step: 11 },
      ]) {
        const again = draw(run);
        expect(again).toEqual(maskFeeds(model, { seed: 5, dims, ...run }));
        for (const name in again) expect(again[name].data).toBe(first[name].data);
      }
    }
  });
});
