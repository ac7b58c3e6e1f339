import { GraphBuilder } from "@dropoutkit/onnx/graph";
import { expect, test } from "vitest";
import { segmentsOf } from "../../src/recompute/segmentsOf.js";

/** `count` blocks `y = x + tanh(tanh(x))`: within a block two tensors cross, between two blocks one. */
function residual(count: number) {
  const builder = new GraphBuilder();
  const made = Array.from({ length: count }, (_, i) => {
    const x = i === 0 ? "x" : `y${i - 1}`;
    const inner = builder.op("Tanh", [builder.op("Tanh", [x])]);
    return builder.op("Add", [x, inner], { outputs: [`y${i}`] });
  });
  const moving = new Set(["x", ...builder.nodes.flatMap(({ output }) => output)]);
  return { nodes: builder.nodes, moving, made };
}

const endsOf = (segments: ReturnType<typeof segmentsOf>): (string | undefined)[] =>
  segments.map((segment) => segment.at(-1)?.output[0]);

test.each([12, 27, 75])("auto: about √n places of 3 · %d nodes, all between blocks", (count) => {
  const { nodes, moving, made } = residual(count);
  const segments = segmentsOf(nodes, { owner: "gradientModel", recompute: "auto", moving });
  expect(segments.flat()).toEqual(nodes);
  expect(Math.abs(segments.length - 1 - Math.sqrt(nodes.length))).toBeLessThanOrEqual(1);
  for (const end of endsOf(segments)) expect(made).toContain(end);
  const longest = Math.max(...segments.map(({ length }) => length));
  expect(longest).toBeLessThanOrEqual(2 * Math.sqrt(nodes.length) + 3);
});

test("names: a segment ends behind each, in the order of the nodes", () => {
  const { nodes, moving } = residual(4);
  const segments = segmentsOf(nodes, {
    owner: "gradientModel",
    recompute: ["y2", "y0", "y2"],
    moving,
  });
  expect(endsOf(segments)).toEqual(["y0", "y2", "y3"]);
  expect(segmentsOf(nodes, { owner: "gradientModel", recompute: [], moving })).toEqual([nodes]);
});

test("names: one that no node makes is an error", () => {
  const { nodes, moving } = residual(4);
  expect(() => segmentsOf(nodes, { owner: "gradientModel", recompute: ["x"], moving })).toThrow(
    "gradientModel: recompute must name tensors that the model computes, got x",
  );
  expect(() => segmentsOf(nodes, { owner: "gradientModel", recompute: ["y22"], moving })).toThrow(
    "got y22; did you mean y2",
  );
});
