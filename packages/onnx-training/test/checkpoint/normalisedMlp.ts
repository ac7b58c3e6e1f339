import { dropout } from "@dropoutkit/core";
import { drawUniform } from "@dropoutkit/core/adapter";
import { insertDropout, type OnnxModel } from "@dropoutkit/onnx";
import { copyMessage, GraphBuilder, makeTensor } from "@dropoutkit/onnx/graph";
import { mlp } from "../trainer/noisyMlp.js";

/** The noisy MLP with a batch normalisation before its noise. */
export function normalisedMlp(): OnnxModel {
  const model = mlp();
  const { graph } = model;
  const constant = (name: string, from: number): string => {
    const data = drawUniform({ seed: 1, site: name, step: 0, shape: [8] }).map((u) => u + from);
    graph.initializer.push(makeTensor({ name, type: "float32", dims: [8], data }));
    return name;
  };
  const builder = new GraphBuilder("", graph);
  const statistics = [constant("mean", 0), constant("variance", 1)];
  const inputs = ["fc1.normalised", constant("scale", 0.5), constant("shift", 0), ...statistics];
  builder.op("BatchNormalization", inputs, { name: "norm", outputs: ["norm"] });
  const at = graph.node.findIndex(({ opType }) => opType === "Relu");
  const [first] = graph.node;
  graph.node[0] = copyMessage(first, { output: ["fc1.normalised"] });
  graph.node[at] = copyMessage(graph.node[at], { input: ["norm"] });
  graph.node.splice(at, 0, ...builder.nodes);
  return insertDropout(model, { variant: dropout({ rate: 0.5 }), after: { opType: "Relu" } });
}
