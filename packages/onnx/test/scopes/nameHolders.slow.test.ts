import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dropout } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { copyMessage, GraphBuilder, makeValueInfo } from "../../src/graph.js";
import {
  decodeModel,
  encodeModel,
  insertDropout,
  inspectDropout,
  maskFeeds,
  type OnnxModel,
  replaceDropout,
  stripDropout,
} from "../../src/index.js";
import { float32, runModel } from "../runtime/runModel.js";
import { ifModel, loopModel, scanModel } from "./nestedModels.js";

const variant = dropout({ rate: 0.5 });

/** The model with no names of nodes, neither written nor empty. */
function unnamed(model: OnnxModel): OnnxModel {
  const text = model.graph.node.map((node) => {
    const { name: _, ...fields } = node;
    return Object.assign(Object.create(Object.getPrototypeOf(node)), fields);
  });
  return copyMessage(model, { graph: copyMessage(model.graph, { node: text }) });
}

/** The same with empty names, which the file has two bytes for. */
const emptyNamed = (model: OnnxModel): OnnxModel =>
  copyMessage(model, {
    graph: copyMessage(model.graph, {
      node: model.graph.node.map((node) => copyMessage(node, { name: "" })),
    }),
  });

const zoo = process.env.DROPOUTKIT_DATA && join(process.env.DROPOUTKIT_DATA, "zoo");
const hasZoo = zoo !== undefined && existsSync(zoo);

const models: readonly (readonly [string, () => OnnxModel])[] = [
  ["If", ifModel],
  ["Loop", () => loopModel(2)],
  ["Scan", scanModel],
].flatMap(([name, make]) =>
  typeof name === "string" && typeof make === "function"
    ? [
        [`${name} without a name`, () => unnamed(make())] as const,
        [`${name} with an empty name`, () => emptyNamed(make())] as const,
      ]
    : [],
);

function expectSitesHold(model: OnnxModel, noise: "feeds" | "graph"): void {
  const bytes = encodeModel(model);
  const { places } = inspectDropout(model);
  const nested = places.filter(({ scope }) => scope !== "");
  expect(nested.length).toBeGreaterThan(0);
  let all = model;
  // Those of the main graph first: they may take the name of what the holder makes.
  for (const { tensor } of places) {
    const after = { tensor };
    const one = insertDropout(model, { variant, after, noise });
    expect(Buffer.compare(encodeModel(stripDropout(one)), bytes)).toBe(0);
    all = insertDropout(all, { variant, after, noise });
    expect(
      Buffer.compare(encodeModel(insertDropout(all, { variant, after, noise })), encodeModel(all)),
    ).toBe(0);
    const names = inspectDropout(all).sites.map(({ site }) => site);
    for (const { site } of inspectDropout(one).sites) expect(names).toContain(site);
  }
  expect(Buffer.compare(encodeModel(stripDropout(all)), bytes)).toBe(0);
  expect(encodeModel(model)).toEqual(bytes);
}

describe.each(models)("sites in the graphs of a %s", (_, make) => {
  test.each(["feeds", "graph"] as const)(
    "keep their names, and go without a trace: %s",
    (noise) => {
      expectSitesHold(make(), noise);
    },
  );
});

test("an unnamed Scan draws what one of that name draws", async () => {
  const named = scanModel();
  named.graph.node = named.graph.node.map((node) => copyMessage(node, { name: "last" }));
  const x = float32([3, 1, 4], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const zero = float32([1, 4], [0, 0, 0, 0]);
  const dims = { batch: 1, time: 3 };
  const run = async (model: OnnxModel) => {
    const noisy = insertDropout(model, { variant, after: { opType: "Relu" }, noise: "graph" });
    const noise = maskFeeds(noisy, { seed: 3, step: 1, dims });
    return (await runModel(noisy, { x, zero, ...noise })).all.data;
  };
  expect(await run(unnamed(scanModel()))).toEqual(await run(named));
});

test("replaceDropout names them too", () => {
  const builder = new GraphBuilder();
  const value = { type: "float32", dims: [2] } as const;
  const branch = () => {
    const inner = builder.nested("");
    inner.op("Dropout", ["x"], { name: "drop", outputs: ["r"] });
    return inner.graph({ name: "branch", inputs: [], outputs: [makeValueInfo("r", value)] });
  };
  const attributes = { then_branch: branch(), else_branch: branch() };
  builder.op("If", ["choose"], { name: "", outputs: ["y"], attributes });
  const model = builder.model({
    name: "branches",
    inputs: [makeValueInfo("x", value), makeValueInfo("choose", { type: "bool", dims: [] })],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
  const noisy = replaceDropout(model);
  const more = insertDropout(noisy, { variant, after: { tensor: "y" } });
  expect(inspectDropout(more).sites.map(({ site }) => site)).toEqual([
    "y",
    "y/then_branch/drop",
    "y/else_branch/drop",
  ]);
  expect(encodeModel(stripDropout(more))).toEqual(encodeModel(stripDropout(model)));
});

test.skipIf(!hasZoo).each(["scan_axis1.onnx", "kaldi-qlstm.onnx"])(
  "a file of another keeps its bytes: %s",
  (file) => {
    expectSitesHold(decodeModel(readFileSync(join(zoo ?? "", file))), "feeds");
  },
);
