import { dropout } from "@dropoutkit/core";
import { drawUniform } from "@dropoutkit/core/adapter";
import {
  insertDropout,
  insertVariationalDropout,
  insertZoneout,
  type OnnxModel,
} from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import { normalisedMlp } from "../checkpoint/normalisedMlp.js";
import { noisyMlp } from "./noisyMlp.js";

const GATES = { LSTM: 4, GRU: 3, RNN: 1 } as const;
const HIDDEN = 5;

/** `x [batch, 4]` as sequences of four numbers `-> kind (5) -> fc2 -> logits [batch, 3]`. */
function recurrent(kind: keyof typeof GATES): OnnxModel {
  const builder = new GraphBuilder();
  const weight = (name: string, dims: readonly number[]): string => {
    const uniforms = drawUniform({ seed: 1, site: name, step: 0, shape: dims });
    const data = uniforms.map((u) => 2 * u - 1);
    return builder.constant(makeTensor({ name, type: "float32", dims, data }));
  };
  const rows = GATES[kind] * HIDDEN;
  const steps = builder.op("Reshape", ["x", builder.ints([0, 4, 1])]);
  const sequence = builder.op("Transpose", [steps], { attributes: { perm: [1, 0, 2] } });
  const inputs = [
    sequence,
    weight("fc1.weight", [1, rows, 1]),
    weight("recurrent", [1, rows, HIDDEN]),
    weight("fc1.bias", [1, 2 * rows]),
  ];
  const attributes = { hidden_size: HIDDEN };
  builder.op(kind, inputs, { name: "layer", attributes, outputs: ["", "last"] });
  const last = builder.op("Squeeze", ["last", builder.ints([0])], { name: "state" });
  const second = [last, weight("fc2.weight", [3, HIDDEN]), weight("fc2.bias", [3])];
  builder.op("Gemm", second, { name: "fc2", attributes: { transB: 1 }, outputs: ["logits"] });
  return builder.model({
    name: kind,
    inputs: [makeValueInfo("x", { type: "float32", dims: ["batch", 4] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: ["batch", 3] })],
    opset: 18,
  });
}

const droppedState = (model: OnnxModel): OnnxModel =>
  insertDropout(model, { variant: dropout({ rate: 0.3 }), after: { opType: "Squeeze" } });

/** Models with dropout, `x [batch, 4] -> logits [batch, 3]`, that every law of a training is about. */
export const trainedModels: Readonly<Record<string, () => OnnxModel>> = {
  MLP: noisyMlp,
  "MLP with BatchNormalization": normalisedMlp,
  LSTM: () => droppedState(recurrent("LSTM")),
  GRU: () => droppedState(recurrent("GRU")),
  RNN: () => droppedState(recurrent("RNN")),
  "LSTM with variational dropout": () =>
    insertVariationalDropout(recurrent("LSTM"), { inputRate: 0, stateRate: 0.3, outputRate: 0.3 }),
  "GRU with zoneout, drawn in the graph": () =>
    insertZoneout(recurrent("GRU"), { stateRate: 0.3, cellRate: 0, noise: "graph" }),
};
