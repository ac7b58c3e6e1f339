import { existsSync, readdirSync, readFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import type * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import {
  evaluateDim,
  inferShapes,
  type TensorInfo,
  tensorInfoOf,
  tensorTypeOf,
} from "../../src/graph.js";
import { decodeModel, type OnnxModel } from "../../src/index.js";
import { ValueInfoProtoSchema } from "../../src/model/schema.js";
import { type Feed, runModel } from "../runtime/runModel.js";

const { DROPOUTKIT_DATA: data } = process.env;

const filesIn = (folder: string): string[] =>
  data && existsSync(`${data}/${folder}`)
    ? readdirSync(`${data}/${folder}`, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".onnx"))
        .map((file) => `${folder}/${file}`)
    : [];

const files = [...filesIn("zoo"), ...filesIn("torch-oracle")];

/**
 * Sizes for what a model names, tried in turn: models want lengths that fit a stride, or one example. The large ones
 * first: of values smaller than its window the runtime pools one, and by the standard there is none.
 */
const guesses = [64, 512, 32, 3, 1];

function feedOf({ dataType, dims }: TensorInfo, sizes: Readonly<Record<string, number>>): Feed {
  const found = dims.map((dim) => (typeof dim === "number" ? dim : sizes[dim]));
  const length = found.reduce((product, dim) => product * dim, 1);
  const type = tensorTypeOf(dataType);
  if (type === "int64")
    return { type, dims: found, data: BigInt64Array.from({ length }, (_, i) => BigInt(i % 2)) };
  if (type === "int32") return { type, dims: found, data: new Int32Array(length).fill(1) };
  if (type === "float64") return { type, dims: found, data: new Float64Array(length).fill(0.5) };
  if (type === "bool") return { type, dims: found, data: new Uint8Array(length).fill(1) };
  return { type: "float32", dims: found, data: new Float32Array(length).fill(0.5) };
}

interface Run {
  readonly sizes: Readonly<Record<string, number>>;
  readonly results: Readonly<Record<string, ort.Tensor>>;
}

/** Runs a model on made-up inputs; undefined where it takes none of them. */
async function tryRun(model: OnnxModel, guess: number): Promise<Run | undefined> {
  const constants = new Set(model.graph.initializer.map(({ name }) => name));
  const inputs = model.graph.input.filter(({ name }) => !constants.has(name));
  const sizes: Record<string, number> = {};
  const feeds: Record<string, Feed> = {};
  for (const input of inputs) {
    const info = tensorInfoOf(input);
    if (info === undefined) return undefined;
    for (const dim of info.dims) if (typeof dim === "string") sizes[dim] = guess;
    feeds[input.name] = feedOf(info, sizes);
  }
  try {
    return { sizes, results: await runModel(model, feeds, "disabled") };
  } catch {
    return undefined;
  }
}

/** The model with every tensor of its graph as an output, and nothing declared of any. */
function exposed(file: string): OnnxModel {
  const model = decodeModel(readFileSync(`${data}/${file}`));
  model.graph.valueInfo = [];
  const names = model.graph.node.flatMap(({ output }) => output).filter((name) => name !== "");
  model.graph.output = names.map((name) => create(ValueInfoProtoSchema, { name }));
  return model;
}

describe.skipIf(files.length === 0)("inferShapes: models of others", () => {
  test.each(files)("%s: each size that is known is the run's", async (file) => {
    const model = exposed(file);
    const infos = inferShapes(model);
    let runs = 0;
    for (const guess of guesses) {
      const run = await tryRun(model, guess);
      if (run === undefined) continue;
      runs++;
      for (const [name, { dims }] of Object.entries(run.results)) {
        const known = infos.get(name)?.dims;
        if (known === undefined) continue;
        const found = known.map((dim, axis) => evaluateDim(dim, run.sizes) ?? dims[axis]);
        expect({ name, dims: found }).toEqual({ name, dims: [...dims] });
      }
      break;
    }
    expect(runs, "runs on one of the made-up inputs").toBe(1);
  });
});
