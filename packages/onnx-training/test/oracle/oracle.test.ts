import { dropout } from "@dropoutkit/core";
import { insertDropout, inspectDropout, type OnnxModel, stripDropout } from "@dropoutkit/onnx";
import { GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { describe, expect, test } from "vitest";
import { type RunningStatistic, trainBatchNorms } from "../../src/batchNorm/trainBatchNorms.js";
import { crossEntropy, gradientModel } from "../../src/index.js";
import { type Feed, numbersOf, openModel } from "../runtime/runModel.js";
import { hasTorchOracle, type TorchOracle, torchOracle } from "./torchOracle.js";

/** What PyTorch computed: without dropout, with its masks, and with batch statistics. */
type Group = "eval" | "masked" | "bntrain" | "masked_bntrain";

/** PyTorch's models, with the groups that each has. */
const models: readonly (readonly [name: string, groups: readonly Group[]])[] = [
  ["mlp", ["eval", "masked"]],
  ["cnn_plain", ["eval", "masked"]],
  ["resnet_bn", ["eval", "masked", "bntrain", "masked_bntrain"]],
  ["lstm_tokens", ["eval", "masked"]],
  ["transformer", ["eval", "masked"]],
];

/** A model with PyTorch's mean cross-entropy as the output `loss`. */
function withLoss(model: OnnxModel): { readonly model: OnnxModel; readonly loss: string } {
  const [{ name: logits }] = model.graph.output;
  const { tensor: loss } = crossEntropy({ logits, labels: "target" }).addTo(model);
  model.graph.output.push(makeValueInfo(loss, { type: "float32", dims: [] }));
  return { model, loss };
}

/** Every Dropout node as the selection that our sites are, with PyTorch's scale: `mask/<k> ? x / (1 - ratio) : 0`. */
function selectByMasks({ dropouts, tensor }: TorchOracle, model: OnnxModel): OnnxModel {
  const builder = new GraphBuilder("masks", model.graph);
  model.graph.node = model.graph.node.flatMap((node) => {
    const k = dropouts.findIndex(({ output }) => output === node.output[0]);
    if (k < 0) return [node];
    const { dims } = tensor(`mask/${k}`);
    model.graph.input.push(makeValueInfo(`mask/${k}`, { type: "bool", dims }));
    const gain = builder.scalar("float32", 1 / (1 - dropouts[k].ratio));
    const scaled = builder.op("Mul", [node.input[0], gain]);
    const zero = builder.scalar("float32", 0);
    builder.op("Where", [`mask/${k}`, scaled, zero], { outputs: node.output.slice(0, 1) });
    return builder.nodes.splice(0);
  });
  model.graph.initializer.push(...builder.initializers);
  return model;
}

/** The largest error of a tensor against a stored one, over what PyTorch's own float32 is held to. */
function errorOf(actual: readonly number[], expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  const most = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const error = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - actual[i])), 0);
  return error / (1e-4 * most + 1e-6);
}

/** PyTorch's loss, gradients by every parameter and the input, and statistics, in float64, of one group. */
async function expectGroup({ oracle, group, gradients, feeds = {} }: Comparison): Promise<void> {
  const run = await openModel(gradients.model);
  const inputs = gradients.model.graph.input.map(({ name }) => [
    name,
    feeds[name] ?? oracle.tensor(name.startsWith("mask/") ? name : `inputs/${name}`),
  ]);
  const results = await run(Object.fromEntries(inputs));
  const expected = (name: string): number[] =>
    Array.from<unknown, number>(oracle.tensor(`${group}/${name}`).data, Number);
  const [loss] = numbersOf(results[gradients.loss]);
  expect(Math.abs(loss - expected("loss")[0])).toBeLessThanOrEqual(1e-5);
  for (const name of oracle.names(`${group}/grad/`)) {
    const gradient = results[`${name}.grad`];
    expect(gradient.dims, name).toEqual(oracle.tensor(`${group}/grad/${name}`).dims);
    expect(errorOf(numbersOf(gradient), expected(`grad/${name}`)), name).toBeLessThanOrEqual(1);
  }
  const { statistics = [] } = gradients;
  expect(statistics.map(({ name }) => name).sort()).toEqual(oracle.names(`${group}/after/`).sort());
  for (const { name, next } of statistics) {
    const error = errorOf(numbersOf(results[next]), expected(`after/${name}`));
    expect(error, name).toBeLessThanOrEqual(1);
  }
}

interface Comparison {
  readonly oracle: TorchOracle;
  readonly group: Group;
  readonly gradients: Gradients;
  /** What is fed instead of the oracle's own inputs and masks. */
  readonly feeds?: Readonly<Record<string, Feed>>;
}

interface Gradients {
  readonly model: OnnxModel;
  readonly loss: string;
  /** The running statistics that the batch moves. Default: none. */
  readonly statistics?: readonly RunningStatistic[];
}

/** The gradients' model of a group: that for inference, whose normalisations are trained in two of them. */
function gradientsOf(oracle: TorchOracle, group: Group): Gradients {
  const read = oracle.model(oracle.inferenceFile);
  const noisy = group.startsWith("masked") ? selectByMasks(oracle, read) : stripDropout(read);
  const { model, loss } = withLoss(noisy);
  const statistics = group.endsWith("bntrain") ? trainBatchNorms(model) : [];
  for (const { next, dims } of statistics) {
    model.graph.output.push(makeValueInfo(next, { type: "float32", dims }));
  }
  const names = oracle.names(`${group}/grad/`);
  return { model: gradientModel(model, { loss, withRespectTo: names }), loss, statistics };
}

describe.skipIf(!hasTorchOracle)(
  "PyTorch's models (skipped where DROPOUTKIT_DATA has no torch-oracle)",
  () => {
    for (const [name, groups] of hasTorchOracle ? models : []) {
      const oracle = torchOracle(name);
      for (const group of groups) {
        test(`${name}, ${group}: its loss, gradients and statistics`, () =>
          expectGroup({ oracle, group, gradients: gradientsOf(oracle, group) }));
      }
    }

    test("mlp with its masks fed to our sites: its loss and gradients", async () => {
      const oracle = torchOracle("mlp");
      const read = oracle.model("model.onnx");
      const { sites } = inspectDropout(read);
      let noisy = stripDropout(read);
      const feeds: Record<string, Feed> = {};
      oracle.dropouts.forEach(({ output, ratio }, k) => {
        const tensor = read.graph.node.find((node) => node.output[0] === output)?.input[0] ?? "";
        const { site } = sites[k];
        noisy = insertDropout(noisy, {
          variant: dropout({ rate: ratio }),
          after: { tensor },
          site: () => site,
        });
        feeds[`${site}/keep`] = oracle.tensor(`mask/${k}`);
      });
      const { model, loss } = withLoss(noisy);
      const names = oracle.names("masked/grad/");
      const gradients = { model: gradientModel(model, { loss, withRespectTo: names }), loss };
      // PyTorch scales by 1 / 0.8 what is kept of the input, we by 65536 / 52429, 3.8e-6 less of it (the
      // scale of rate 0.5 is 2 in both). So the input is fed that much larger: then all behind it is
      // PyTorch's to float32. Only the input's own gradient is 3.8e-6 smaller, which the tolerance of
      // 1e-4 has room for: the float32 errors are below 3e-6 of the largest entry (oracle.json says so).
      const input = oracle.tensor("inputs/input");
      const scale = 1 / 0.8 / (65536 / 52429);
      const scaled = Float32Array.from<unknown>(input.data, (value) => Number(value) * scale);
      feeds.input = { type: "float32", data: scaled, dims: input.dims };
      await expectGroup({ oracle, group: "masked", gradients, feeds });
    });
  },
);
