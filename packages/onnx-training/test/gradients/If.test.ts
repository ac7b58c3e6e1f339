import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gradientModel } from "../../src/index.js";
import { type Feed, numbersOf, openModel } from "../runtime/runModel.js";
import { seeds, valuesIn } from "./cases.js";

const type = "float64";
const DIMS = [2, 3];
const inputs = ["x", "w"].map((name) => makeValueInfo(name, { type, dims: DIMS }));
const scalar = (name: string) => makeValueInfo(name, { type, dims: [] });

/** A gradient is a sum of at most four terms below 100, which an If adds in another order: an error of 3 · 400 · 2^-53. */
const ADDED = 2 ** -42;

/** What a branch is made of: nodes that read `x` and `w`, and return `y` and `z`. */
type Branch = (builder: GraphBuilder) => readonly [y: string, z: string];

const both: Branch = (builder) => {
  const product = builder.op("Mul", ["x", "w"]);
  const bent = builder.op("Tanh", [product]);
  return [builder.op("Mul", [bent, product]), builder.op("Exp", ["x"])];
};
/** Reads `w` only, and a constant of its own. */
const one: Branch = (builder) => {
  const two = builder.op("Constant", [], {
    attributes: {
      value: makeTensor({ name: "two", type, dims: [], data: Float64Array.of(2) }),
    },
  });
  return [builder.op("Mul", ["w", two]), builder.op("Tanh", ["w"])];
};
/** Does not depend on what is derived by. */
const none: Branch = (builder) => {
  const value = makeTensor({ name: "ones", type, dims: DIMS, data: new Float64Array(6).fill(1) });
  const ones = builder.op("Constant", [], { attributes: { value } });
  return [builder.op("Identity", [ones]), builder.op("Identity", [ones])];
};
/** Chooses again, inside. */
const nested: Branch = (builder) => {
  const [y, z] = builder.ops("If", ["inner"], {
    outputs: ["inner_y", "inner_z"].map((name) => builder.uniqueName(name)),
    attributes: { then_branch: graphOf(both, "inner_t"), else_branch: graphOf(one, "inner_e") },
  });
  return [builder.op("Mul", [y, "x"]), builder.op("Neg", [z])];
};

function graphOf(branch: Branch, name: string) {
  const builder = new GraphBuilder(name);
  const outputs = branch(builder).map((output) => makeValueInfo(output, { type, dims: DIMS }));
  return builder.graph({ name, inputs: [], outputs });
}

/** `loss = Σ y · z`, `y` and `z` written by `add`. */
function lossModel(opset: number, add: (builder: GraphBuilder) => readonly string[]): OnnxModel {
  const builder = new GraphBuilder();
  const [y, z] = add(builder);
  const product = builder.op("Mul", [y, z]);
  const all = builder.op("ReduceSum", [product], { attributes: { keepdims: 0 } });
  // Both are read beside the branches too.
  const beside = builder.op("ReduceSum", [builder.op("Mul", ["x", "w"])], {
    attributes: { keepdims: 0 },
  });
  builder.op("Add", [all, beside], { outputs: ["loss"] });
  const flags = ["outer", "inner"].map((name) => makeValueInfo(name, { type: "bool", dims: [] }));
  const model = builder.model({
    name: "if",
    inputs: [...inputs, ...flags],
    outputs: [scalar("loss")],
    opset,
  });
  return gradientModel(model, { loss: "loss", withRespectTo: ["x", "w"] });
}

const branches = [
  ["both", both, one],
  ["one that reads less", one, both],
  ["one that reads nothing", both, none],
  ["an If in an If", nested, one],
] as const;

test.each(
  [7, 11, 13, 16, 19, 21, 24].flatMap((opset) => branches.map((pair) => [opset, ...pair] as const)),
)(
  "If: at opset %d its gradients are those of the branch that was taken: %s",
  async (opset, _name, then, otherwise) => {
    const chosen = await openModel(
      lossModel(opset, (builder) =>
        builder.ops("If", ["outer"], {
          name: "choice",
          outputs: ["y", "z"],
          attributes: { then_branch: graphOf(then, "t"), else_branch: graphOf(otherwise, "e") },
        }),
      ),
    );
    const alone = await Promise.all(
      [then, otherwise].map((branch) => openModel(lossModel(opset, branch))),
    );
    const law = fc.asyncProperty(seeds, fc.boolean(), fc.boolean(), async (seed, outer, inner) => {
      const values = (name: string): Feed => ({
        type,
        data: Float64Array.from(valuesIn(seed + name.length + name.charCodeAt(0), DIMS)),
        dims: DIMS,
      });
      const flag = (on: boolean): Feed => ({
        type: "bool",
        data: Uint8Array.of(Number(on)),
        dims: [],
      });
      const feeds = { x: values("x"), w: values("w"), outer: flag(outer), inner: flag(inner) };
      const actual = await chosen(feeds);
      const expected = await alone[outer ? 0 : 1](feeds);
      for (const name of ["loss", "x.grad", "w.grad"]) {
        const values = numbersOf(expected[name]);
        numbersOf(actual[name]).forEach((value, i) => {
          expect(Math.abs(value - values[i]), name).toBeLessThanOrEqual(ADDED);
        });
      }
    });
    await fc.assert(law, { numRuns: 8, seed: opset });
  },
);
