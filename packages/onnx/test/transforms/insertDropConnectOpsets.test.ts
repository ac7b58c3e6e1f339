import { describe, expect, test } from "vitest";
import { encodeModel, insertDropConnect, maskFeeds, stripDropout } from "../../src/index.js";
import { bitsOf, runModel } from "../runtime/runModel.js";
import { batch, layers, rate, recurrentLayers, seed, step, tables } from "../weights/cases.js";
import { inputOf } from "../weights/coreWeights.js";
import { layerModel } from "../weights/layers.js";

const all = { ...layers, ...recurrentLayers, ...tables };

// Where an operator that is read or written changed: Gemm and Conv at 11, axes as inputs at 13, LSTM at 14,
// Reshape and Transpose at 21 and later.
describe.each([9, 10, 11, 13, 14, 18, 21, 24])("opset %d", (opset) => {
  test.each([
    "Gemm",
    "MatMul of sequences, with an Add",
    "Conv 2D in groups",
    "Conv 2D of a named batch",
    "ConvTranspose",
    "LSTM in two directions",
    "Gather of rows",
  ])("dropConnect of a %s runs, and is stripped to the byte", async (name) => {
    const layer = all[name];
    const model = layerModel({ ...layer, opset });
    const noisy = insertDropConnect(model, { rate, nodes: { name: "layer" } });
    const feeds = maskFeeds(noisy, { seed, step, dims: { batch } });
    const { y } = await runModel(noisy, { x: inputOf(layer), ...feeds });
    expect(Buffer.compare(encodeModel(stripDropout(noisy)), encodeModel(model))).toBe(0);
    const newest = insertDropConnect(layerModel(layer), { rate, nodes: { name: "layer" } });
    const same = await runModel(newest, { x: inputOf(layer), ...feeds });
    expect(bitsOf(y.data)).toEqual(bitsOf(same.y.data));
  });
});
