import { dropBlock, featureAlphaDropout, spatialDropout, type Variant } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeValueInfo, sitesOf } from "../../src/graph.js";
import { insertDropout, type OnnxModel } from "../../src/index.js";
import type { SkippedPlace } from "../../src/transforms/insertDropout.js";

/** A convolution's maps `[batch, 3, 4, 4]` and a dense head `[batch, 3]`, each with a Relu. */
function convolutional(): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Relu", ["x"], { name: "maps", outputs: ["m"] });
  const mean = builder.op("ReduceMax", ["m"], { attributes: { axes: [2, 3], keepdims: 0 } });
  builder.op("Relu", [mean], { name: "head", outputs: ["y"] });
  return builder.model({
    name: "cnn",
    inputs: [makeValueInfo("x", { type: "float32", dims: ["batch", 3, 4, 4] })],
    outputs: [makeValueInfo("y", { type: "float32", dims: ["batch", 3] })],
    opset: 17,
  });
}

/** Variants over space, which on `[batch, features]` would be plain dropout. */
const variants: Readonly<Record<string, Variant>> = {
  spatialDropout: spatialDropout({ rate: 0.5 }),
  featureAlphaDropout: featureAlphaDropout({ rate: 0.5 }),
  dropBlock: dropBlock({ rate: 0.5, blockSize: 2 }),
};

describe.each(Object.entries(variants))("%s of a tensor without space", (name, variant) => {
  const model = convolutional();

  test("by type it is left out, and told", () => {
    const skipped: SkippedPlace[] = [];
    const after = { opType: "Relu" };
    const noisy = insertDropout(model, { variant, after, onSkip: (place) => skipped.push(place) });
    expect(sitesOf(noisy).map(({ site }) => site)).toEqual(["maps"]);
    expect(skipped).toMatchObject([{ reason: "axes", tensor: "y", site: "head" }]);
    expect(sitesOf(insertDropout(model, { variant, after }))).toEqual(sitesOf(noisy));
  });

  test("chosen by name, by a predicate or alone, it is an error that names it", () => {
    const message = "insertDropout: tensor y must have at least 3 axes, got [batch, 3]";
    for (const after of [{ tensor: "y" }, ({ name }: { name: string }) => name === "head"]) {
      expect(() => insertDropout(model, { variant, after })).toThrow(new RangeError(message));
    }
    const after = { opType: "Relu", scope: "head" };
    expect(() => insertDropout(model, { variant, after })).toThrow(
      new Error(
        `insertDropout: after must choose a tensor of at least 3 axes for ${name}, got y [batch, 3]`,
      ),
    );
  });
});
