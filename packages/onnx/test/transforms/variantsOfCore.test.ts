import { readFile } from "node:fs/promises";
import * as core from "@dropoutkit/core";
import { expect, test } from "vitest";
import { GraphBuilder, makeValueInfo } from "../../src/graph.js";
import * as onnx from "../../src/index.js";

const { insertDropout } = onnx;

/** The functions that core's entry takes from a folder. */
async function namesFrom(folder: string): Promise<string[]> {
  const index = await readFile(
    new URL("../../node_modules/@dropoutkit/core/dist/index.js", import.meta.url),
    "utf8",
  );
  const lines = [...index.matchAll(/^export \{([^}]+)\} from "\.\/(\w+)\//gm)];
  return lines
    .filter(([, , from]) => from === folder)
    .flatMap(([, names]) =>
      names
        .split(",")
        .map((name) => name.trim())
        .filter(Boolean),
    );
}

/** Options with which each of core's variants can be made. */
const options = {
  rate: 0.5,
  channels: "first",
  blockSize: 1,
  initialRate: 0.1,
  stateRate: 0.1,
  cellRate: 0.1,
  inputRate: 0.1,
  outputRate: 0.1,
};

test("insertDropout: the variants that it takes are in the same entry, and no others", async () => {
  const builder = new GraphBuilder();
  builder.op("Relu", ["x"], { name: "relu", outputs: ["y"] });
  const info = { type: "float32", dims: ["batch", 3, 4, 4] } as const;
  const model = builder.model({
    name: "one",
    inputs: [makeValueInfo("x", info)],
    outputs: [makeValueInfo("y", info)],
    opset: 18,
  });
  const names = await namesFrom("variants");
  expect(names.length).toBeGreaterThan(10);
  const taken = names.filter((name) => {
    const make: unknown = Reflect.get(core, name);
    if (typeof make !== "function") throw new Error(`core: ${name} must be a function`);
    try {
      insertDropout(model, { variant: make(options), after: { opType: "Relu" } });
      return true;
    } catch (error) {
      expect(String(error)).toContain("insertDropout: variant must");
      return false;
    }
  });
  const own = names.filter((name) => Reflect.get(onnx, name) === Reflect.get(core, name));
  expect(own).toEqual(taken);
});

test("the schedules of core are in the entry", async () => {
  const names = await namesFrom("schedules");
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) expect(Reflect.get(onnx, name), name).toBe(Reflect.get(core, name));
});
