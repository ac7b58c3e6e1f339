import { describe, expect, test } from "vitest";
import { sitesOf } from "../../src/graph.js";
import {
  encodeModel,
  insertVariationalDropout,
  maskFeeds,
  type OnnxModel,
  recurrentToScan,
  stripDropout,
} from "../../src/index.js";
import { floatsOf, runModel } from "../runtime/runModel.js";
import { hasOracle, TorchOracle } from "../runtime/torchOracle.js";

describe.skipIf(!hasOracle)(
  "recurrent layers of PyTorch's export (skipped where DROPOUTKIT_DATA has no torch-oracle)",
  () => {
    const oracle = (): TorchOracle => new TorchOracle("lstm_tokens", "model");
    const logits = async (model: OnnxModel): Promise<Float32Array> => {
      const masks = maskFeeds(model, { seed: 1, step: 2 });
      const { logits } = await runModel(model, { ...oracle().input(), ...masks });
      return floatsOf(logits.data);
    };
    const distance = (a: Float32Array, b: Float32Array): number =>
      Math.max(...a.map((value, i) => Math.abs(value - b[i])));

    test("two LSTMs as Scans give the operators' logits", async () => {
      const clean = stripDropout(oracle().model);
      const scanned = recurrentToScan(clean);
      expect(scanned.graph.node.filter(({ opType }) => opType === "Scan")).toHaveLength(2);
      // Logits are below 1: some 100 roundings of 2^-24 through 20 timesteps and two layers.
      expect(distance(await logits(scanned), await logits(clean))).toBeLessThan(1e-5);
    });

    test("variational dropout of both layers changes the logits, and strips to the byte", async () => {
      const clean = stripDropout(oracle().model);
      const options = { inputRate: 0.25, stateRate: 0.25, outputRate: 0.25 };
      const noisy = insertVariationalDropout(clean, options);
      expect(sitesOf(noisy).map(({ site, part }) => `${site} ${part.at}`)).toEqual([
        "/r1/LSTM input",
        "/r1/LSTM state",
        "/r1/LSTM output",
        "/r2/LSTM input",
        "/r2/LSTM state",
        "/r2/LSTM output",
      ]);
      const dropped = await logits(noisy);
      expect(dropped.every(Number.isFinite)).toBe(true);
      expect(distance(dropped, await logits(clean))).toBeGreaterThan(1e-3);
      expect(
        Buffer.compare(encodeModel(insertVariationalDropout(noisy, options)), encodeModel(noisy)),
      ).toBe(0);
      expect(Buffer.compare(encodeModel(stripDropout(noisy)), encodeModel(clean))).toBe(0);
    });
  },
);
