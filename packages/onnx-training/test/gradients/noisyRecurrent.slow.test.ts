import { insertVariationalDropout, insertZoneout, type OnnxModel } from "@dropoutkit/onnx";
import { describe, test } from "vitest";
import { valuesIn } from "./cases.js";
import { expectGradients } from "./finiteDifferences.js";
import type { NodeCase } from "./nodeCase.js";

const GATES = { LSTM: 4, GRU: 3, RNN: 1 } as const;
const [time, batch, features, hidden] = [3, 2, 2, 3];

/** A layer in both directions that starts from given states. */
function layer(kind: keyof typeof GATES): NodeCase {
  const rows = GATES[kind] * hidden;
  const states = [2, batch, hidden];
  const shapes = [
    [time, batch, features],
    [2, rows, features],
    [2, rows, hidden],
    [2, 2 * rows],
  ];
  const given = (dims: readonly number[], i: number) => ({
    dims,
    values: valuesIn(7 + i, dims, { from: -0.7, to: 0.7 }),
  });
  return {
    inputs: [
      ...shapes.map(given),
      "",
      given(states, 5),
      ...(kind === "LSTM" ? [given(states, 6)] : []),
    ],
    attributes: { hidden_size: hidden, direction: "bidirectional" },
    outputs: kind === "LSTM" ? 3 : 2,
  };
}

const noises: Record<string, (model: OnnxModel, noise: "feeds" | "graph") => OnnxModel> = {
  "variational dropout": (model, noise) =>
    insertVariationalDropout(model, { inputRate: 0.3, stateRate: 0.4, outputRate: 0.3, noise }),
  "variational dropout per gate": (model, noise) =>
    insertVariationalDropout(model, {
      inputRate: 0.3,
      stateRate: 0.4,
      outputRate: 0,
      perGate: true,
      noise,
    }),
  zoneout: (model, noise) => insertZoneout(model, { stateRate: 0.4, cellRate: 0.3, noise }),
};

describe.each(Object.keys(noises))("%s", (name) => {
  test.each(
    (["LSTM", "GRU", "RNN"] as const).flatMap((kind) =>
      (["feeds", "graph"] as const).map((noise) => [kind, noise] as const),
    ),
  )(
    "on the states of a layer %s, from %s: gradients are its differences",
    async (opType, noise) => {
      const rewrite = (model: OnnxModel): OnnxModel => noises[name](model, noise);
      // An entry goes through 3 timesteps of 30 operations each.
      await expectGradients({ opType, opset: 18, type: "float64", rewrite }, layer(opType), {
        ulps: 96,
        fifth: 256,
      });
    },
  );
});
