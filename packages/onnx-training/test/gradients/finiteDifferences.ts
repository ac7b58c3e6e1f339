import { drawUniform, sizeOf } from "@dropoutkit/core";
import {
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  type NodeOptions,
  type OnnxModel,
} from "@dropoutkit/onnx";
import { expect } from "vitest";
import { gradientModel } from "../../src/index.js";
import { type Feed, openModel } from "../runModel.js";

/** Numbers in (-1, 1), none nearer to 0 than 1/8, so that a step of a difference crosses no kink there. */
export function valuesOf(name: string, dims: readonly number[]): Float64Array {
  const uniforms = drawUniform({ seed: 7, site: name, step: 0, shape: dims });
  return Float64Array.from(
    uniforms,
    (u) => (u < 0.5 ? -1 : 1) * (1 / 8 + (7 / 8) * Math.abs(2 * u - 1)),
  );
}

export interface OneNode {
  /** Sizes of the float64 inputs `x0`, `x1`, ... that gradients are wanted by. */
  readonly inputs: readonly (readonly number[])[];
  /** The node's inputs, where they are not just the above. */
  readonly reads?: readonly string[];
  readonly attributes?: NodeOptions["attributes"];
  /** Boolean input, the first one of the node. */
  readonly condition?: readonly number[];
  /** A constant list of integers, the last input of the node. */
  readonly ints?: readonly number[];
}

/** `loss [1, 1]`: the entries of the node's output, each times a number of its own, summed. */
function lossModel(opType: string, node: OneNode, outputSize: number): OnnxModel {
  const { inputs, attributes, condition, ints } = node;
  const builder = new GraphBuilder();
  const names = node.reads ?? inputs.map((_, i) => `x${i}`);
  const reads = [
    ...(condition ? ["condition"] : []),
    ...names,
    ...(ints ? [builder.ints(ints)] : []),
  ];
  const y = builder.op(opType, reads, { attributes, name: "node", outputs: ["y"] });
  const weights = makeTensor({
    name: "weights",
    type: "float64",
    dims: [outputSize, 1],
    data: valuesOf("weights", [outputSize, 1]),
  });
  const row = builder.op("Reshape", [y, builder.ints([1, -1])]);
  builder.op("Gemm", [row, builder.constant(weights)], { outputs: ["loss"] });
  return builder.model({
    name: opType,
    inputs: [
      ...inputs.map((dims, i) => makeValueInfo(`x${i}`, { type: "float64", dims })),
      ...(condition ? [makeValueInfo("condition", { type: "bool", dims: condition })] : []),
    ],
    outputs: [makeValueInfo("loss", { type: "float64", dims: [1, 1] })],
    opset: 17,
  });
}

/**
 * Compares the gradients by all inputs of one node with central differences of the runtime's own
 * forward pass, in float64.
 */
export async function expectGradients(
  opType: string,
  { outputSize, ...node }: OneNode & { readonly outputSize: number },
): Promise<void> {
  const withRespectTo = node.inputs.map((_, i) => `x${i}`);
  const run = await openModel(
    gradientModel(lossModel(opType, node, outputSize), { loss: "loss", withRespectTo }),
  );
  const feeds: Record<string, Feed> = {};
  node.inputs.forEach((dims, i) => {
    feeds[`x${i}`] = { type: "float64", data: valuesOf(`x${i}`, dims), dims };
  });
  if (node.condition !== undefined) {
    const data = Uint8Array.from(valuesOf("condition", node.condition), (v) => (v > 0 ? 1 : 0));
    feeds.condition = { type: "bool", data, dims: node.condition };
  }
  const results = await run(feeds);
  for (const [name, { dims }] of Object.entries(feeds)) {
    if (name === "condition") continue;
    const gradient = results[`${name}.grad`];
    expect(gradient.dims, `${name}.grad`).toEqual(dims);
    const data = valuesOf(name, dims);
    for (let i = 0; i < sizeOf(dims); i++) {
      const at = async (value: number): Promise<number> => {
        const moved = data.slice();
        moved[i] = value;
        const { loss } = await run({ ...feeds, [name]: { type: "float64", data: moved, dims } });
        return Number(loss.data[0]);
      };
      const difference = ((await at(data[i] + STEP)) - (await at(data[i] - STEP))) / (2 * STEP);
      expect(Math.abs(Number(gradient.data[i]) - difference), `${name}.grad[${i}]`).toBeLessThan(
        1e-8,
      );
    }
  }
}

/**
 * The losses here are polynomials of degree 2 at most between their kinks, so a central difference
 * has no truncation error. Rounding: |loss| < 64 with some 64 additions gives 64 · 64 · 2^-53 < 5e-13
 * at most, over the step 2^-10: below 1e-9.
 */
const STEP = 2 ** -10;
