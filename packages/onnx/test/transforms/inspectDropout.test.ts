import { alphaDropout, dropBlock, dropout, spatialDropout } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import { encodeModel, insertDropout, inspectDropout, type OnnxModel } from "../../src/index.js";
import { functionModel, ifModel, loopModel } from "../scopes/nestedModels.js";

const bool = (name: string, value: number) =>
  makeTensor({ name, type: "bool", dims: [], data: Uint8Array.of(value) });

/** A Dropout node of the opset, of a model `x -> relu -> a -> Dropout -> b -> w -> y`. */
function dropoutModel(
  opset: number,
  write: (builder: GraphBuilder) => {
    readonly inputs?: readonly string[];
    readonly attributes?: Readonly<Record<string, number | { readonly float: number }>>;
  },
): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Relu", ["x"], { name: "relu", outputs: ["a"] });
  const { inputs = [], attributes = {} } = write(builder);
  builder.op("Dropout", ["a", ...inputs], { name: "drop", outputs: ["b"], attributes });
  const data = new Float32Array(9);
  builder.constant(makeTensor({ name: "w", type: "float32", dims: [3, 3], data }));
  builder.op("MatMul", ["b", "w"], { name: "fc", outputs: ["y"] });
  const value = { type: "float32", dims: ["batch", 3] } as const;
  return builder.model({
    name: "small",
    inputs: [
      makeValueInfo("x", value),
      makeValueInfo("ratio", { type: "float32", dims: [] }),
      makeValueInfo("mode", { type: "bool", dims: [] }),
    ],
    outputs: [makeValueInfo("y", value)],
    opset,
  });
}

describe("inspectDropout: sites", () => {
  const found = { kind: "Dropout", site: "drop", x: "a", output: "b", variant: "dropout" };

  test.each([1, 6])("opset %i: is_test says whether a Dropout drops", (opset) => {
    const ratio = { float: 0.25 };
    const [on] = inspectDropout(dropoutModel(opset, () => ({ attributes: { ratio } }))).sites;
    expect(on).toEqual({ ...found, rate: 0.25, training: true });
    const attributes = { is_test: 1 };
    const [off] = inspectDropout(dropoutModel(opset, () => ({ attributes }))).sites;
    expect(off).toEqual({ ...found, rate: 0.5, training: false });
  });

  test.each([7, 9, 10, 11])("opset %i: a Dropout never drops", (opset) => {
    const attributes = { ratio: { float: 0.75 } };
    const [site] = inspectDropout(dropoutModel(opset, () => ({ attributes }))).sites;
    expect(site).toEqual({ ...found, rate: 0.75, training: false });
  });

  test.each([12, 13, 22])(
    "opset %i: the ratio and the mode are inputs, constant or not",
    (opset) => {
      const inspect = (inputs: (builder: GraphBuilder) => string[]) =>
        inspectDropout(dropoutModel(opset, (builder) => ({ inputs: inputs(builder) }))).sites[0];
      expect(inspect(() => [])).toEqual({ ...found, rate: 0.5, training: false });
      expect(inspect((builder) => [builder.scalar("float32", 0.25)])).toMatchObject({ rate: 0.25 });
      expect(inspect((builder) => ["", builder.constant(bool("on", 1))])).toMatchObject({
        rate: 0.5,
        training: true,
      });
      const node = (builder: GraphBuilder) => {
        const value = makeTensor({
          name: "",
          type: "float32",
          dims: [],
          data: Float32Array.of(0.125),
        });
        const off = builder.op("Constant", [], { attributes: { value: bool("", 0) } });
        return [builder.op("Constant", [], { attributes: { value } }), off];
      };
      expect(inspect(node)).toMatchObject({ rate: 0.125, training: false });
      expect(inspect(() => ["ratio", "mode"])).toMatchObject({
        rate: undefined,
        training: undefined,
      });
    },
  );

  test("sites of ours, of a model or its bytes, in the order of the nodes", () => {
    const model = dropoutModel(18, () => ({}));
    const variant = dropout({ rate: 0.3 });
    const first = insertDropout(model, { variant, after: { opType: "MatMul" }, noise: "graph" });
    const both = insertDropout(first, { variant, after: { tensor: "a" } });
    const ours = {
      kind: "dropoutkit",
      variant: "dropout",
      rate: 0.3,
      training: true,
      place: "activation",
    };
    const expected = [
      { ...ours, site: "relu", x: "a", output: "relu/out", noise: "feeds" },
      { ...found, x: "relu/out", rate: 0.5, training: false },
      { ...ours, site: "fc", x: "fc/in", output: "y", noise: "graph" },
    ];
    expect(inspectDropout(both).sites).toEqual(expected);
    expect(inspectDropout(encodeModel(both)).sites).toEqual(expected);
  });

  test("what is no model is an error", () => {
    expect(() => inspectDropout(new Uint8Array())).toThrow(
      "inspectDropout: model must be an ONNX model with a graph, got none",
    );
  });
});

describe("inspectDropout: places", () => {
  test("floats that come of the inputs, but for what dropout made", () => {
    const model = dropoutModel(18, (builder) => {
      builder.op("Shape", ["x"], { name: "shape", outputs: ["s"] });
      builder.op("Cast", ["s"], { name: "cast", outputs: ["f"], attributes: { to: 1 } });
      return { inputs: ["ratio"] };
    });
    model.graph.input.splice(2, 1);
    const noisy = insertDropout(model, { variant: dropout({ rate: 0.5 }), after: { tensor: "a" } });
    expect(inspectDropout(noisy).places).toEqual([
      { tensor: "x", scope: "", dims: ["batch", 3] },
      { tensor: "ratio", scope: "", dims: [] },
      { tensor: "a", node: "relu", opType: "Relu", scope: "", dims: ["batch", 3] },
      { tensor: "y", node: "fc", opType: "MatMul", scope: "", dims: ["batch", 3] },
    ]);
  });

  test("insertDropout takes each of them, by its tensor and by its scope", () => {
    const variant = dropout({ rate: 0.5 });
    for (const model of [functionModel(), ifModel(), loopModel(2)]) {
      const { places } = inspectDropout(model);
      expect(places.length).toBeGreaterThan(2);
      const sites = new Set<string>();
      for (const { tensor, scope, opType } of places) {
        const noisy = insertDropout(model, { variant, after: { tensor } });
        for (const { site } of inspectDropout(noisy).sites) sites.add(site);
        if (opType === undefined) continue;
        const scoped = insertDropout(model, { variant, after: { opType, scope } });
        expect(inspectDropout(scoped).sites.length).toBeGreaterThan(0);
      }
      expect(sites.size).toBe(places.length);
    }
  });
});

/** `x -> Conv -> c -> BatchNormalization -> n -> Relu -> r -> MaxPool -> p -> Flatten -> f -> Gemm -> l -> Softmax -> y`. */
function convNet(): OnnxModel {
  const builder = new GraphBuilder();
  const weight = (name: string, dims: readonly number[]): string => {
    const data = new Float32Array(dims.reduce((a, b) => a * b));
    return builder.constant(makeTensor({ name, type: "float32", dims, data }));
  };
  builder.op("Conv", ["x", weight("k", [2, 1, 3, 3])], { name: "conv", outputs: ["c"] });
  const stats = ["scale", "b", "mean", "var"].map((name) => weight(name, [2]));
  builder.op("BatchNormalization", ["c", ...stats], { name: "norm", outputs: ["n"] });
  builder.op("Relu", ["n"], { name: "relu", outputs: ["r"] });
  builder.op("MaxPool", ["r"], {
    name: "pool",
    outputs: ["p"],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  });
  builder.op("Flatten", ["p"], { name: "flatten", outputs: ["f"] });
  builder.op("Gemm", ["f", weight("w", [18, 4])], { name: "fc", outputs: ["l"] });
  builder.op("Softmax", ["l"], { name: "softmax", outputs: ["y"] });
  const model = builder.model({
    name: "net",
    inputs: [makeValueInfo("x", { type: "float32", dims: [2, 1, 8, 8] })],
    outputs: [makeValueInfo("y", { type: "float32", dims: [2, 4] })],
    opset: 17,
  });
  const maps = { type: "float32", dims: [2, 2, 6, 6] } as const;
  model.graph.valueInfo.push(
    ...["c", "n", "r"].map((name) => makeValueInfo(name, maps)),
    makeValueInfo("p", { type: "float32", dims: [2, 2, 3, 3] }),
  );
  return model;
}

describe("inspectDropout: pitfalls", () => {
  const codesAt = (tensor: string | string[], variant = dropout({ rate: 0.5 })): string[] =>
    inspectDropout(insertDropout(convNet(), { variant, after: { tensor } })).pitfalls.map(
      ({ code }) => code,
    );

  test.each(["l", "y"])("noise on an output, through activations: %s", (tensor) => {
    const model = insertDropout(convNet(), { variant: dropout({ rate: 0.5 }), after: { tensor } });
    const { sites, pitfalls } = inspectDropout(model);
    const message = `dropout at "${sites[0].site}" makes the model's output noisy; dropout goes before the last layer with weights`;
    expect(pitfalls).toEqual([{ code: "noisyOutput", sites, message }]);
  });

  test.each(["c", "n", "r", "p"])("entries of maps, behind a convolution's %s", (tensor) => {
    expect(codesAt(tensor)).toEqual(["entriesOfMaps"]);
    expect(codesAt(tensor, alphaDropout({ rate: 0.5 }))).toEqual(["entriesOfMaps"]);
    expect(codesAt(tensor, spatialDropout({ rate: 0.5, channels: "first" }))).toEqual([]);
    expect(codesAt(tensor, dropBlock({ rate: 0.5, blockSize: 2, channels: "first" }))).toEqual([]);
  });

  test.each(["x", "f"])(
    "nothing in front of a convolution, nor behind flattened maps: %s",
    (tensor) => {
      expect(codesAt(tensor)).toEqual([]);
    },
  );

  test("one rate at three sites or more, and not at two or with another", () => {
    expect(codesAt(["x", "f"])).toEqual([]);
    expect(codesAt(["x", "r", "f"])).toEqual(["entriesOfMaps", "oneRate"]);
    const two = insertDropout(convNet(), {
      variant: dropout({ rate: 0.5 }),
      after: { tensor: ["x", "f"] },
    });
    const other = insertDropout(two, { variant: dropout({ rate: 0.2 }), after: { tensor: "r" } });
    expect(inspectDropout(other).pitfalls.map(({ code }) => code)).toEqual(["entriesOfMaps"]);
  });

  test("a Dropout that drops at inference, and none that does not", () => {
    const on = dropoutModel(13, (builder) => ({ inputs: ["", builder.constant(bool("on", 1))] }));
    const { sites, pitfalls } = inspectDropout(on);
    expect(pitfalls).toEqual([
      {
        code: "leftOn",
        sites,
        message:
          'dropout at "drop" drops at inference too, in runtimes that do not delete it; stripDropout takes it out, replaceDropout makes it seeded noise of training',
      },
    ]);
    expect(inspectDropout(dropoutModel(13, () => ({}))).pitfalls).toEqual([]);
    const fed = dropoutModel(13, () => ({ inputs: ["", "mode"] }));
    expect(inspectDropout(fed).pitfalls).toEqual([]);
  });
});
