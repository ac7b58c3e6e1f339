import type { OnnxModel } from "@dropoutkit/onnx";
import { copyMessage, GraphBuilder, makeTensor } from "@dropoutkit/onnx/graph";
import { describe, expect, test } from "vitest";
import { adamW, sgd } from "../../src/index.js";
import { mlp } from "./noisyMlp.js";
import { open, trained, weightsOf } from "./trainNoisyMlp.js";

const before = weightsOf(mlp());

describe("Trainer: groups", () => {
  test("each group moves by its own optimizer, the others by that of the Trainer", async () => {
    const whole = await trained({}, { steps: 1 });
    const split = await trained(
      { groups: [{ weights: /bias$/, optimizer: sgd({ learningRate: 0.25 }) }] },
      { steps: 1 },
    );
    for (const name of ["fc1.weight", "fc2.weight"]) expect(split[name]).toEqual(whole[name]);
    for (const name of ["fc1.bias", "fc2.bias"]) {
      // From 0, half the step is half of the weight, exactly.
      expect(split[name]).toEqual(whole[name].map((value) => value / 2));
    }
  });

  test("weight decay is masked by a group without it", async () => {
    const decayed = adamW({ learningRate: 0.1, weightDecay: 0.5 });
    const plain = adamW({ learningRate: 0.1, weightDecay: 0 });
    const masked = await trained(
      { optimizer: decayed, groups: [{ weights: ["fc1.weight"], optimizer: plain }] },
      { steps: 1 },
    );
    const without = await trained({ optimizer: plain }, { steps: 1 });
    expect(masked["fc1.weight"]).toEqual(without["fc1.weight"]);
    masked["fc2.weight"].forEach((value, i) => {
      const expected = without["fc2.weight"][i] - 0.05 * before["fc2.weight"][i];
      // Three roundings of values below 2.
      expect(Math.abs(value - expected)).toBeLessThan(3 * 2 ** -23);
    });
  });

  test("groups that cover all parameters need no others; a pattern may be global", async () => {
    const optimizer = sgd({ learningRate: 0.5 });
    const groups = [
      { weights: /weight/g, optimizer },
      { weights: (name: string) => name.endsWith("bias"), optimizer },
    ];
    expect(await trained({ groups })).toEqual(await trained({}));
  });

  test("errors", async () => {
    const optimizer = sgd({ learningRate: 1 });
    await expect(open({ groups: [{ weights: ["fc1.wieght"], optimizer }] })).rejects.toThrow(
      "Trainer: groups[0] must name weights of the model, got fc1.wieght; did you mean fc1.weight, fc2.weight?",
    );
    await expect(open({ groups: [{ weights: /kernel/, optimizer }] })).rejects.toThrow(
      "Trainer: groups[0] must choose weights of the model, got none",
    );
    await expect(
      open({
        groups: [
          { weights: /fc1/, optimizer },
          { weights: /bias/, optimizer },
        ],
      }),
    ).rejects.toThrow("Trainer: parameter fc1.bias must be in one group, got groups 0 and 1");
  });
});

/** The MLP with its logits times `temperature`, a scalar, and to the power of `exponent`, which is a constant. */
function scaled(): OnnxModel {
  const model = mlp();
  const { graph } = model;
  const builder = new GraphBuilder("", graph);
  const scalar = (name: string, value: number): string => {
    const data = Float32Array.of(value);
    return builder.constant(makeTensor({ name, type: "float32", dims: [], data }));
  };
  graph.node[2] = copyMessage(graph.node[2], { output: ["raw"] });
  const powers = builder.op("Pow", ["raw", scalar("exponent", 1)]);
  builder.op("Mul", [powers, scalar("temperature", 0.5)], { outputs: ["logits"] });
  graph.node.push(...builder.nodes);
  graph.initializer.push(...builder.initializers);
  return model;
}

describe("Trainer: weights", () => {
  test("a scalar is trained where it is named, beside patterns too; else it is a constant", async () => {
    const model = scaled();
    const all = await trained({}, { model });
    expect([all.exponent, all.temperature]).toEqual([[1], [0.5]]);
    const learned = await trained({ weights: [/./, "temperature"] }, { model });
    expect(learned.exponent).toEqual([1]);
    expect(learned.temperature).not.toEqual([0.5]);
    expect(learned["fc1.weight"]).not.toEqual(before["fc1.weight"]);
    const alone = await trained({ weights: ["temperature"] }, { model });
    expect(alone.temperature).not.toEqual([0.5]);
    expect(alone["fc1.weight"]).toEqual(before["fc1.weight"]);
    await expect(open({ weights: /temperature/ }, model)).rejects.toThrow(
      "Trainer: weights must choose weights of the model, got none; scalars are chosen by name",
    );
  });

  test("a pattern and a predicate choose as the names do", async () => {
    const named = await trained({ weights: ["fc2.weight", "fc2.bias"] });
    expect(await trained({ weights: /^fc2\./ })).toEqual(named);
    expect(await trained({ weights: (name) => name.startsWith("fc2") })).toEqual(named);
    expect(named["fc1.weight"]).toEqual(before["fc1.weight"]);
    await expect(open({ weights: /head/ })).rejects.toThrow(
      "Trainer: weights must choose weights of the model, got none",
    );
  });
});
