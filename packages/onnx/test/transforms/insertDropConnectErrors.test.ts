import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import {
  type InsertDropConnectOptions,
  insertDropConnect,
  type OnnxModel,
} from "../../src/index.js";
import { layers, recurrentLayers, tables } from "../weights/cases.js";
import { layerModel, valuesOf } from "../weights/layers.js";

const nodes = { name: "layer" } as const;

const drop =
  (model: OnnxModel, options: Partial<InsertDropConnectOptions> = {}) =>
  () =>
    insertDropConnect(model, { rate: 0.5, nodes, ...options });

describe("insertDropConnect: errors", () => {
  test("a node that does not exist, with those of like names", () => {
    expect(drop(layerModel(layers.Gemm), { nodes: { name: "layr" } })).toThrow(
      "insertDropConnect: node must be in the model, got layr; did you mean layer?",
    );
  });

  test("nothing chosen by type or predicate, or only products of activations", () => {
    const model = layerModel(layers.Gemm);
    expect(drop(model, { nodes: { opType: ["Conv", "MatMul"] } })).toThrow(
      "insertDropConnect: nodes must choose a node, got none of type Conv, MatMul (the model has Gemm)",
    );
    expect(drop(model, { nodes: () => false })).toThrow(
      "insertDropConnect: nodes must choose a node, got a predicate that is true for none",
    );
    model.graph.initializer = model.graph.initializer.filter(({ name }) => name !== "w");
    model.graph.input.push(makeValueInfo("w", { type: "float32", dims: [3, 5] }));
    expect(drop(model, { nodes: { opType: "Gemm" } })).toThrow(
      "insertDropConnect: nodes must choose a node, got 1 without constant float weights of type Gemm (the model has Gemm)",
    );
  });

  test("a weight that is computed", () => {
    const model = layerModel({ ...layers.Gemm, weights: { b: [5] } });
    model.graph.input.push(makeValueInfo("w", { type: "float32", dims: [3, 5] }));
    expect(drop(model)).toThrow(
      "insertDropConnect: node layer must have a constant weight, got w, computed as the model runs",
    );
    const product = layerModel({ ...layers["MatMul of a matrix"], inputs: ["x", "x"] });
    expect(drop(product)).toThrow(
      "insertDropConnect: node layer must have a constant weight, got x and x, computed as the model runs",
    );
  });

  test("an operator without float weights, quantised or of another domain", () => {
    const model = layerModel(layers["MatMul of a matrix"]);
    model.graph.node[0].opType = "MatMulInteger";
    const start =
      "insertDropConnect: node layer must be an operator with float weights (Conv, ConvTranspose, GRU, Gather, Gemm, LSTM, MatMul, RNN), got";
    expect(drop(model)).toThrow(`${start} MatMulInteger`);
    model.graph.node[0].opType = "MatMul";
    model.graph.node[0].domain = "com.microsoft";
    expect(drop(model)).toThrow(`${start} com.microsoft.MatMul`);
  });

  test("a weight of integers", () => {
    const model = layerModel(layers["MatMul of a matrix"]);
    model.graph.initializer = [
      makeTensor({ name: "w", type: "int32", dims: [3, 5], data: new Int32Array(15) }),
    ];
    expect(drop(model)).toThrow(
      new TypeError("insertDropConnect: weight w of node layer must hold floats, got INT32"),
    );
  });

  test("a weight whose shape is not known", () => {
    const model = layerModel(layers["MatMul of a matrix"]);
    const builder = new GraphBuilder();
    builder.op("com.example.Unknown", ["w"], { outputs: ["made"] });
    model.graph.node.unshift(...builder.nodes);
    model.graph.node[1].input[1] = "made";
    expect(drop(model)).toThrow(
      "insertDropConnect: weight made of node layer must have a known shape, got none",
    );
  });

  test("examples whose shape is not known, or that have no batch, where each has a mask", () => {
    const model = layerModel(layers.Gemm);
    model.graph.input[0].type = undefined;
    expect(drop(model)).toThrow(
      'insertDropConnect: tensor x of node layer must have a known shape with a batch for masks per example, got none; per "batch" has one mask',
    );
    const vector = layerModel({ ...layers["MatMul of a matrix"], x: [3], outputRank: 1 });
    expect(drop(vector)).toThrow(
      'insertDropConnect: tensor x of node layer must have a known shape with a batch for masks per example, got [3]; per "batch" has one mask',
    );
    const left = layerModel({ ...layers["MatMul of a matrix"], inputs: ["w", "x"], x: [5, 4] });
    expect(drop(left)).toThrow(
      'insertDropConnect: node layer must have a weight of 2 axes and examples along the first axis of x for masks per example, got ranks 2 and 2; per "batch" has one mask',
    );
  });

  test("a bias of a Gemm that is no row, where each example has a mask", () => {
    const model = layerModel({ ...layers.Gemm, weights: { w: [3, 5], b: [2, 5] } });
    expect(drop(model)).toThrow(
      'insertDropConnect: bias b of node layer must be [units] for masks per example, got [2, 5]; per "batch" has one mask',
    );
    expect(drop(model, { per: "batch" })).not.toThrow();
  });

  test("masks per example for a recurrent operator or a table", () => {
    for (const layer of [recurrentLayers.LSTM, tables["Gather of rows"]]) {
      expect(drop(layerModel(layer), { per: "example" })).toThrow(
        new TypeError(
          `insertDropConnect: per must be "batch" for ${layer.opType} layer, got "example"`,
        ),
      );
    }
  });

  test("a table that is not gathered by rows", () => {
    const table = tables["Gather of rows"];
    expect(drop(layerModel({ ...table, attributes: { axis: 1 } }))).toThrow(
      "insertDropConnect: node layer must gather rows of table w along axis 0, got axis 1",
    );
  });

  test("a site's name that other noise has, and a weight that has noise", () => {
    const model = layerModel(layers.Gemm);
    const noisy = insertDropConnect(model, { rate: 0.5, nodes, per: "batch" });
    expect(drop(noisy, { per: "batch", rate: 0.4 })).toThrow(
      "insertDropConnect: site must have a name of its own, got layer twice",
    );
    expect(drop(noisy, { per: "batch", site: () => "again" })).toThrow(
      "insertDropConnect: weight w of node layer must have no noise yet, got that of site layer",
    );
    const each = insertDropConnect(model, { rate: 0.5, nodes });
    expect(drop(each, { site: () => "again" })).toThrow(
      "insertDropConnect: weight w of node layer must have no noise yet, got that of site layer",
    );
  });

  test("one site at two nodes that share a weight", () => {
    const builder = new GraphBuilder();
    builder.constant(makeTensor({ name: "w", type: "float32", dims: [3, 3], data: valuesOf([9]) }));
    builder.op("MatMul", ["x", "w"], { name: "a", outputs: ["h"] });
    builder.op("MatMul", ["h", "w"], { name: "b", outputs: ["y"] });
    const model = builder.model({
      name: "two",
      inputs: [makeValueInfo("x", { type: "float32", dims: [2, 3] })],
      outputs: [makeValueInfo("y", { type: "float32", dims: [2, 3] })],
      opset: 18,
    });
    expect(drop(model, { nodes: { opType: "MatMul" }, site: () => "s" })).toThrow(
      "insertDropConnect: site must have a name of its own, got s twice, at nodes that share weight w",
    );
  });

  test("a rate, a choice of masks or an opset that cannot be", () => {
    const model = layerModel(layers.Gemm);
    expect(drop(model, { rate: 1.5 })).toThrow(RangeError);
    const per = JSON.parse('"step"');
    expect(drop(model, { per })).toThrow(
      new TypeError('insertDropConnect: per must be "example" or "batch", got step'),
    );
    expect(drop(model, { noise: "graph" })).not.toThrow();
    const old = layerModel({ ...layers.Gemm, opset: 17 });
    expect(drop(old, { noise: "graph" })).toThrow(
      'insertDropConnect: noise "graph" must have opset 18 or later, got 17',
    );
  });
});
