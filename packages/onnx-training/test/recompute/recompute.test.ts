import { dropout } from "@dropoutkit/core";
import { drawUniform } from "@dropoutkit/core/adapter";
import { insertDropout, maskFeeds, type OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo, type NoiseSource } from "@dropoutkit/onnx/graph";
import { expect, test } from "vitest";
import { gradientModel, type Recompute } from "../../src/index.js";
import { type Feed, numbersOf, openModel } from "../runtime/runModel.js";

const WIDTH = 8;
const DEPTH = 12;
const all = ["x", ...Array.from({ length: DEPTH }, (_, i) => `w${i}`)];

interface NetOptions {
  readonly opset: number;
  readonly batch?: number | string;
  /** Whether each layer ends with a normalisation by its batch. */
  readonly norms?: boolean;
}

/** Layers `h = relu(h w + b)` with a way around every second, and `loss` = Σ h². */
function net({ opset, batch = 6, norms = false }: NetOptions): OnnxModel {
  const builder = new GraphBuilder();
  const weight = (name: string, ...dims: number[]): string => {
    const uniforms = drawUniform({ seed: 3, site: name, step: 0, shape: dims });
    const data = uniforms.map((u) => u - 0.4);
    return builder.constant(makeTensor({ name, type: "float32", dims, data }));
  };
  let h = "x";
  for (let i = 0; i < DEPTH; i++) {
    const product = builder.op("Gemm", [h, weight(`w${i}`, WIDTH, WIDTH), weight(`b${i}`, WIDTH)]);
    const relu = builder.op("Relu", [product], { name: `relu${i}` });
    const sum = i % 2 === 0 ? relu : builder.op("Add", [relu, h]);
    h = norms ? normalise(sum, i) : sum;
  }
  function normalise(x: string, i: number): string {
    const weights = ["scale", "bias", "mean", "variance"].map((name) =>
      weight(`${name}${i}`, WIDTH),
    );
    const attributes = { training_mode: 1 };
    return builder.op("BatchNormalization", [x, ...weights], { attributes });
  }
  const square = builder.op("Mul", [h, h]);
  builder.op("ReduceSum", [square], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  const type = "float32";
  return builder.model({
    name: "net",
    inputs: [makeValueInfo("x", { type, dims: [batch, WIDTH] })],
    outputs: [makeValueInfo("loss", { type, dims: [] })],
    opset,
  });
}

const x: Feed = {
  type: "float32",
  dims: [6, WIDTH],
  data: drawUniform({ seed: 5, site: "x", step: 0, shape: [6, WIDTH] }),
};

interface GradientsOptions {
  readonly feeds?: Readonly<Record<string, Feed>>;
  /** Default: the input and all matrices. */
  readonly withRespectTo?: readonly string[];
}

/** Loss and gradients, and how many nodes the model has. */
async function gradientsOf(
  model: OnnxModel,
  { recompute, feeds = {}, withRespectTo = all }: GradientsOptions & { recompute?: Recompute },
): Promise<{ readonly values: Record<string, number[]>; readonly nodes: number }> {
  const whole = gradientModel(model, { loss: "loss", withRespectTo, recompute });
  const run = await openModel(whole);
  const results = Object.entries(await run({ x, ...feeds }));
  const values = Object.fromEntries(results.map(([name, value]) => [name, numbersOf(value)]));
  return { values, nodes: whole.graph.node.length };
}

/** The gradients without and with checkpoints are equal to the bit, and something was computed again. */
async function expectEqual(
  model: OnnxModel,
  { recompute, ...options }: GradientsOptions & { recompute: Recompute },
): Promise<void> {
  const plain = await gradientsOf(model, options);
  const again = await gradientsOf(model, { recompute, ...options });
  expect(again.nodes).toBeGreaterThan(plain.nodes);
  expect(again.values).toEqual(plain.values);
}

test.each([7, 9, 10, 13, 18, 24])("gradients are equal to the bit at opset %d", (opset) =>
  expectEqual(net({ opset }), { recompute: "auto" }),
);

test("gradients are equal to the bit with named checkpoints and a batch of any size", () =>
  expectEqual(net({ opset: 17, batch: "batch" }), { recompute: ["relu3", "relu8"] }));

test.each([7, 12, 13, 24])("what is kept may be reshaped, at opset %d", async (opset) => {
  const builder = new GraphBuilder();
  builder.op("Sin", ["x"], { outputs: ["kept"] });
  const flat = builder.op("Reshape", ["kept", builder.ints([6 * WIDTH])]);
  const wave = builder.op("Sin", [builder.op("Sin", [flat])], { outputs: ["wave"] });
  const sum = builder.op("ReduceSum", [builder.op("Sin", [wave])], { attributes: { keepdims: 0 } });
  builder.op("Identity", [sum], { outputs: ["loss"] });
  const type = "float32";
  const model = builder.model({
    name: "reshaped",
    inputs: [makeValueInfo("x", { type, dims: [6, WIDTH] })],
    outputs: [makeValueInfo("loss", { type, dims: [] })],
    opset,
  });
  await expectEqual(model, { recompute: ["kept", "wave"], withRespectTo: ["x"] });
});

test("gradients by the batch's statistics are equal to the bit", () =>
  expectEqual(net({ opset: 15, norms: true }), { recompute: "auto" }));

test.each<NoiseSource>(["feeds", "graph"])(
  "dropout masks from %s are the same ones",
  async (noise) => {
    const variant = dropout({ rate: 0.5 });
    const noisy = insertDropout(net({ opset: 18 }), { variant, after: { tensor: "relu4" }, noise });
    const feeds = maskFeeds(noisy, { seed: 1, step: 2 });
    await expectEqual(noisy, { recompute: "auto", feeds });
    const other = await gradientsOf(noisy, {
      recompute: "auto",
      feeds: maskFeeds(noisy, { seed: 1, step: 3 }),
    });
    const { values } = await gradientsOf(noisy, { recompute: "auto", feeds });
    expect(other.values).not.toEqual(values);
  },
);

test("noise of the runtime's own is not drawn again", () => {
  const model = net({ opset: 18 });
  const builder = new GraphBuilder("", model.graph);
  const noise = builder.op("RandomNormalLike", ["relu2"], { name: "noise" });
  builder.op("Mul", ["relu2", noise], { outputs: ["noisy"] });
  const { node } = model.graph;
  const at = node.findIndex(({ output }) => output[0] === "relu2") + 1;
  node.splice(at, 0, ...builder.nodes);
  node[at + 2].input[0] = "noisy";
  const { graph } = gradientModel(model, {
    loss: "loss",
    withRespectTo: all,
    recompute: ["relu6"],
  });
  const count = (opType: string): number =>
    graph.node.filter((one) => one.opType === opType).length;
  expect(count("RandomNormalLike")).toBe(1);
  expect(count("Relu")).toBeGreaterThan(DEPTH);
});
