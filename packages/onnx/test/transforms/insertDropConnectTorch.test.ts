import { describe, expect, test } from "vitest";
import { sitesOf } from "../../src/graph.js";
import {
  encodeModel,
  insertDropConnect,
  maskFeeds,
  type OnnxModel,
  sampleDropConnect,
  stripDropout,
} from "../../src/index.js";
import { runModel } from "../runtime/runModel.js";
import { hasOracle, oracleModels, TorchOracle } from "../runtime/torchOracle.js";

/** Operators of the exported models that have weights: those that can have masks per example, and all. */
const perExample = ["Conv", "Gemm", "MatMul"];
const perBatch = [...perExample, "Gather", "LSTM"];

describe.skipIf(!hasOracle)(
  "dropConnect of PyTorch's exports (skipped where DROPOUTKIT_DATA has no torch-oracle)",
  () => {
    test.each([
      ...oracleModels.map(([name, file]) => [name, file, "batch", perBatch] as const),
      ...oracleModels.map(([name, file]) => [name, file, "example", perExample] as const),
    ])(
      "%s, %s, per %s: PyTorch's logits at rate 0, others at rate 0.5, and stripped to the byte",
      async (name, file, per, opType) => {
        const oracle = new TorchOracle(name, file);
        const clean = stripDropout(oracle.model);
        const logits = async (model: OnnxModel): Promise<number[]> => {
          const feeds = { ...oracle.input(), ...maskFeeds(model, { seed: 1, step: 2 }) };
          const [values] = Object.values(await runModel(model, feeds));
          return Array.from(values.data, Number);
        };
        const kept = await logits(insertDropConnect(clean, { rate: 0, nodes: { opType }, per }));
        const expected = Array.from(oracle.doubles("eval/logits"));
        // The folder's own tolerance: float32 against float64, relative to the largest entry.
        const tolerance = 1e-4 * Math.max(...expected.map(Math.abs)) + 1e-6;
        const errors = expected.map((value, i) => Math.abs(value - kept[i]));
        expect(Math.max(...errors)).toBeLessThanOrEqual(tolerance);

        const noisy = insertDropConnect(clean, { rate: 0.5, nodes: { opType }, per });
        const dropped = await logits(noisy);
        expect(dropped.every(Number.isFinite)).toBe(true);
        expect(
          Math.max(...expected.map((value, i) => Math.abs(value - dropped[i]))),
        ).toBeGreaterThan(tolerance);
        expect(Buffer.compare(encodeModel(stripDropout(noisy)), encodeModel(clean))).toBe(0);
      },
    );

    test("the transformer: each linear layer has a kernel, and a bias where PyTorch's has", () => {
      const { model } = new TorchOracle("transformer", "model");
      const noisy = insertDropConnect(model, {
        rate: 0.5,
        nodes: { opType: perBatch },
        per: "batch",
      });
      const weights = new Set(model.graph.initializer.map(({ name }) => name));
      const biases = sitesOf(noisy).filter(({ part }) => part.at === "bias");
      expect(sitesOf(noisy).filter(({ part }) => part.at === "kernel")).toHaveLength(14);
      expect(biases.map(({ x }) => x).every((x) => x.endsWith(".bias") && weights.has(x))).toBe(
        true,
      );
      expect(biases).toHaveLength(14);
    });

    test("the MLP: Gaussian inference is drawn around PyTorch's logits", async () => {
      const oracle = new TorchOracle("mlp", "model");
      const clean = stripDropout(oracle.model);
      const sampled = sampleDropConnect(clean, {
        rate: 0,
        samples: 4,
        nodes: { opType: "Gemm" },
      });
      const feeds = { ...oracle.input(), ...maskFeeds(sampled, { seed: 1, step: 2 }) };
      const [values] = Object.values(await runModel(sampled, feeds));
      const expected = Array.from(oracle.doubles("eval/logits"));
      const tolerance = 1e-4 * Math.max(...expected.map(Math.abs)) + 1e-6;
      expected.forEach((value, i) => {
        expect(Math.abs(value - Number(values.data[i]))).toBeLessThanOrEqual(tolerance);
      });
    });
  },
);
