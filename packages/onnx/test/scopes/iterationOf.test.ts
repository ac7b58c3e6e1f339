import { drawMask, dropout } from "@dropoutkit/core";
import { expect, test } from "vitest";
import { GraphBuilder, type GraphProto, makeValueInfo } from "../../src/graph.js";
import {
  encodeModel,
  insertDropout,
  maskFeeds,
  type OnnxModel,
  stripDropout,
} from "../../src/index.js";
import { type Feed, float32, floatsOf, runModel } from "../runtime/runModel.js";

const value = { type: "float32", dims: [4] } as const;
const scalar = (type: "int64" | "bool") => ({ type, dims: [] }) as const;

function body(build: (builder: GraphBuilder) => void, index: string, carried: string): GraphProto {
  const builder = new GraphBuilder();
  build(builder);
  builder.op("Identity", [`${carried}.go`], { outputs: [`${carried}.on`] });
  const [i, go, v] = [index, `${carried}.go`, carried];
  return builder.model({
    name: "g",
    inputs: [
      makeValueInfo(i, scalar("int64")),
      makeValueInfo(go, scalar("bool")),
      makeValueInfo(v, value),
    ],
    outputs: [
      makeValueInfo(`${carried}.on`, scalar("bool")),
      makeValueInfo(`${carried}.next`, value),
    ],
    opset: 18,
  }).graph;
}

/** `outer` times `inner` times `v = 1 + v`, from x; either number may be an input. */
function loopsInLoops(outer: number | "times", inner: number | "times"): OnnxModel {
  const times = (builder: GraphBuilder, count: number | "times"): string =>
    count === "times" ? count : builder.scalar("int64", count);
  const builder = new GraphBuilder("", undefined);
  const one = builder.scalar("float32", 1);
  const innerTimes = times(builder, inner);
  const inside = body(
    (inner) => inner.op("Add", ["w", one], { name: "add", outputs: ["w.next"] }),
    "j",
    "w",
  );
  const around = body(
    (outer) =>
      outer.op("Loop", [innerTimes, "", "v"], {
        name: "inner",
        outputs: ["v.next"],
        attributes: { body: inside },
      }),
    "i",
    "v",
  );
  builder.op("Loop", [times(builder, outer), "", "x"], {
    name: "outer",
    outputs: ["y"],
    attributes: { body: around },
  });
  const inputs = [outer, inner].includes("times") ? [makeValueInfo("times", scalar("int64"))] : [];
  return builder.model({
    name: "loops",
    inputs: [makeValueInfo("x", value), ...inputs],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
}

const variant = dropout({ rate: 0.5 });
const after = { tensor: "w.next" };
const call = { seed: 4, step: 6 };
const times: Feed = { type: "int64", data: BigInt64Array.of(3n), dims: [] };

test.each([
  ["feeds", 3, {}],
  ["graph", 3, {}],
  ["graph", "times", { times }],
] as const)(
  "insertDropout: loops in one another count as one, noise from %s, %s times",
  async (noise, outer, feeds) => {
    const clean = loopsInLoops(outer, 2);
    const model = insertDropout(clean, { variant, after, noise });
    let w = Float32Array.of(1, 2, 3, 4);
    const x = float32([4], w);
    for (let timestep = 0; timestep < 6; timestep++) {
      const site = "outer/inner/add/activation";
      const kept = drawMask({ ...call, site, timestep, shape: [4], rate: 0.5 });
      w = w.map((entry, i) => (kept[i] ? 2 * (entry + 1) : 0));
    }
    const { y } = await runModel(model, { x, ...feeds, ...maskFeeds(model, call) });
    expect(floatsOf(y.data)).toEqual(w);
    expect(Buffer.compare(encodeModel(stripDropout(model)), encodeModel(clean))).toBe(0);
  },
);

test("insertDropout: an inner loop of unknown length is an error, and an outer one with feeds", () => {
  const insert = (model: OnnxModel, noise: "feeds" | "graph") => () =>
    insertDropout(model, { variant, after, noise });
  const start =
    "insertDropout: site outer/inner/add must be in a loop whose iterations are counted before it runs, got";
  for (const noise of ["feeds", "graph"] as const) {
    expect(insert(loopsInLoops(3, "times"), noise)).toThrow(`${start} Loop outer/inner in another`);
  }
  const unknown = `${start} Loop outer; noise "graph" does without`;
  expect(insert(loopsInLoops("times", 2), "feeds")).toThrow(unknown);
  // What a while loop has for a limit.
  expect(insert(loopsInLoops(2 ** 40, 2), "feeds")).toThrow(unknown);
});
