import { concreteDropout } from "@dropoutkit/core";
import { evaluatePart } from "@dropoutkit/core/adapter";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import {
  decodeModel,
  encodeModel,
  insertDropout,
  maskFeeds,
  type OnnxModel,
  stripDropout,
} from "../../src/index.js";
import { float32, floatsOf, runModel } from "../runtime/runModel.js";

const variant = concreteDropout({ initialRate: 0.3 });
const shape = [5, 3];
const values = Float32Array.from({ length: 15 }, (_, i) => Math.sin(i) + 1);

/** `x -> Relu (hidden) -> r -> Identity -> y` */
function model({ type = "float32" as "float32" | "float64" } = {}): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Relu", ["x"], { name: "hidden", outputs: ["r"] });
  builder.op("Identity", ["r"], { name: "last", outputs: ["y"] });
  const value = { type, dims: ["batch", 3] };
  return builder.model({
    name: "small",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
}

describe.each(["feeds", "graph"] as const)(
  "insertDropout of a learned rate, noise from %s",
  (noise) => {
    const noisy = insertDropout(model(), { variant, after: { opType: "Relu" }, noise });

    test("the values are core's at the start value, a scalar weight", async () => {
      const key = { seed: 11, step: 3 };
      const feeds = maskFeeds(noisy, { ...key, dims: { batch: 5 } });
      const { y } = await runModel(noisy, { x: float32(shape, values), ...feeds });
      const logit = noisy.graph.initializer.find(({ name }) => name === "hidden.logit");
      expect(logit?.dims).toEqual([]);
      const init = Math.log(0.3 / 0.7);
      const { value } = evaluatePart(variant.parts[0], {
        ...key,
        site: "hidden",
        leaves: {
          x: { shape, data: Float64Array.from(values) },
          "learned:logit": { shape: [], data: Float64Array.of(init) },
        },
        training: true,
      });
      floatsOf(y.data).forEach((entry, i) => {
        // A logit of the noise has a relative error of some 2^-22, tenfold through the temperature of 0.1.
        expect(Math.abs(entry - value.data[i])).toBeLessThan(2 ** -16);
      });
    });

    test("put in again it is there; taken out, so is its weight", () => {
      const twice = insertDropout(noisy, { variant, after: { opType: "Relu" }, noise });
      expect(encodeModel(twice)).toEqual(encodeModel(noisy));
      expect(encodeModel(stripDropout(noisy))).toEqual(encodeModel(model()));
    });
  },
);

test.each(["feeds", "graph"] as const)(
  "insertDropout of a learned rate, noise from %s: before IR version 4 its weight is an input too",
  async (noise) => {
    const old = Object.assign(model(), { irVersion: 3n });
    const noisy = insertDropout(old, { variant, after: { opType: "Relu" }, noise });
    const inputs = noisy.graph.input.map(({ name }) => name);
    expect(inputs).toEqual(expect.arrayContaining(noisy.graph.initializer.map(({ name }) => name)));
    expect(inputs).toContain("hidden.logit");
    const feeds = maskFeeds(noisy, { seed: 11, step: 3, dims: { batch: 5 } });
    const now = insertDropout(model(), { variant, after: { opType: "Relu" }, noise });
    const x = float32(shape, values);
    const [then, newer] = [
      await runModel(noisy, { x, ...feeds }),
      await runModel(now, { x, ...feeds }),
    ];
    expect([...floatsOf(then.y.data)]).toEqual([...floatsOf(newer.y.data)]);
    expect(encodeModel(stripDropout(decodeModel(encodeModel(noisy))))).toEqual(encodeModel(old));
  },
);

test("insertDropout: errors of learned rates", () => {
  const taken = model();
  const data = Float32Array.of(1);
  taken.graph.initializer.push(
    makeTensor({ name: "hidden.logit", type: "float32", dims: [], data }),
  );
  const after = { opType: "Relu" };
  expect(() => insertDropout(taken, { variant, after })).toThrow(
    new Error("insertDropout: model must have no tensor hidden.logit yet, got one"),
  );
  expect(() => insertDropout(model({ type: "float64" }), { variant, after })).toThrow(
    new TypeError(
      "insertDropout: variant must learn scalars, at a tensor of float32, got concreteDropout at hidden",
    ),
  );
});
