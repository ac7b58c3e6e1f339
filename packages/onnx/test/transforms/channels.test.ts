import { type Channels, forward, type Variant } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { spaceFactories } from "../../../core/test/variants/spaceFactories.js";
import {
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  type NoiseSource,
  sitesOf,
} from "../../src/graph.js";
import {
  encodeModel,
  insertDropout,
  maskFeeds,
  type OnnxModel,
  replaceDropout,
} from "../../src/index.js";
import { bitsOf, float32, floatsOf, runModel } from "../runtime/runModel.js";

const dims = [1, 16, 8, 8];
const x = Float32Array.from({ length: 1024 }, (_, i) => i + 1);
const call = { seed: 9, step: 1 };

/** `x -> r = Relu(x) -> y`, or with a `Dropout` between, which is called `act` too. */
function model({ holdsDropout }: { readonly holdsDropout: boolean }): OnnxModel {
  const builder = new GraphBuilder();
  if (holdsDropout) {
    builder.constant(
      makeTensor({ name: "rate", type: "float32", dims: [], data: Float32Array.of(0.25) }),
    );
    builder.op("Dropout", ["x", "rate"], { name: "act", outputs: ["r"] });
  } else builder.op("Relu", ["x"], { name: "act", outputs: ["r"] });
  builder.op("Identity", ["r"], { outputs: ["y"] });
  const value = { type: "float32", dims } as const;
  return builder.model({
    name: "maps",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
}

type Transform = (make: (channels?: Channels) => Variant, noise: NoiseSource) => OnnxModel;

/** All that takes a variant. */
const transforms: Readonly<Record<string, Transform>> = {
  insertDropout: (make, noise) =>
    insertDropout(model({ holdsDropout: false }), {
      variant: make(),
      after: { opType: "Relu" },
      noise,
    }),
  replaceDropout: (make, noise) =>
    replaceDropout(model({ holdsDropout: true }), { variant: () => make(), noise }),
};

const rows = Object.keys(transforms).flatMap((transform) =>
  Object.keys(spaceFactories).map((factory) => [transform, factory] as const),
);

describe.each(rows)("%s of %s", (transform, factory) => {
  const variantOf = (channels?: Channels): Variant =>
    spaceFactories[factory]({ rate: 0.25, blockSize: 3, ...(channels && { channels }) });
  const noisy = (noise: NoiseSource, channels?: Channels): OnnxModel =>
    transforms[transform](() => variantOf(channels), noise);

  test.each(["feeds", "graph"] as const)(
    "noise from %s: channels are first unless the variant says last",
    async (noise) => {
      const run = async (channels?: Channels): Promise<Uint32Array> => {
        const made = noisy(noise, channels);
        const { y } = await runModel(made, { x: float32(dims, x), ...maskFeeds(made, call) });
        return bitsOf(floatsOf(y.data));
      };
      const core = (channels: Channels): Uint32Array => {
        const options = { ...call, site: "act", shape: dims, training: true };
        return bitsOf(forward(variantOf(channels), x, options));
      };
      expect(await run()).toEqual(core("first"));
      expect(await run("first")).toEqual(core("first"));
      expect(await run("last")).toEqual(core("last"));
      expect(core("last")).not.toEqual(core("first"));
    },
  );

  test("the record says its axes", () => {
    const [site, ...others] = sitesOf(noisy("feeds"));
    expect(others).toEqual([]);
    expect(site.part).toEqual(variantOf("first").parts[0]);
    expect(encodeModel(noisy("feeds"))).toEqual(encodeModel(noisy("feeds", "first")));
  });
});

test("insertDropout of spatialDropout: one draw for each map", () => {
  const [{ dims: sizes }] = sitesOf(
    transforms.insertDropout(
      () => spaceFactories.spatialDropout({ rate: 0.25, blockSize: 1 }),
      "feeds",
    ),
  );
  expect(sizes).toEqual([1, 16, 1, 1]);
});

test("insertDropout again, with channels that were left out: nothing changes", () => {
  const make = spaceFactories.spatialDropout;
  const insert = (to: OnnxModel, channels?: Channels): OnnxModel =>
    insertDropout(to, {
      variant: make({ rate: 0.25, blockSize: 1, ...(channels && { channels }) }),
      after: { opType: "Relu" },
    });
  const once = insert(model({ holdsDropout: false }));
  expect(encodeModel(insert(once, "first"))).toEqual(encodeModel(once));
});
