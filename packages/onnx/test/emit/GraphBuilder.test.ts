import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  GraphBuilder,
  makeAttribute,
  makeTensor,
  makeValueInfo,
  tensorData,
} from "../../src/graph.js";
import { AttributeType } from "../../src/model/schema.js";
import { float32, runModel } from "../runtime/runModel.js";

describe("GraphBuilder", () => {
  test("names that it makes up clash with none of a graph, nor with each other", () => {
    const names = fc.array(fc.constantFrom("Relu", "Relu_2", "Relu_3", "s/Relu", "s/Relu_2"));
    fc.assert(
      fc.property(names, fc.constantFrom("", "s"), (taken, scope) => {
        const before = new GraphBuilder();
        for (const name of taken) before.op("Neg", ["x"], { name, outputs: [name] });
        const { graph } = before.model({ name: "g", inputs: [], outputs: [], opset: 17 });
        const builder = new GraphBuilder(scope, graph);
        const made = [
          builder.op("Relu", ["x"]),
          builder.op("Relu", ["x"]),
          builder.uniqueName("Relu"),
        ];
        expect(new Set([...taken, ...made]).size).toBe(new Set(taken).size + made.length);
      }),
    );
  });

  test("a name is the first free one in the order of its numbers, also of 100,000 nodes without names", () => {
    const builder = new GraphBuilder();
    builder.op("Neg", ["Relu_3", "Relu_5"], { outputs: ["Relu_5_2"] });
    const nodes = Array.from({ length: 100_000 }, () => builder.op("Relu", ["x"]));
    expect(nodes.slice(0, 4)).toEqual(["Relu", "Relu_2", "Relu_4", "Relu_6"]);
    expect(nodes.at(-1)).toBe("Relu_100002");
    expect(new Set(nodes).size).toBe(nodes.length);
    expect([1, 2].map(() => builder.uniqueName("Relu_5"))).toEqual(["Relu_5_3", "Relu_5_4"]);
  });

  test("names that a caller gives, and tensors that nodes read, are taken too", () => {
    const builder = new GraphBuilder();
    builder.op("Neg", ["Abs"], { outputs: ["Relu"] });
    expect(builder.op("Relu", ["x"])).toBe("Relu_2");
    expect(builder.op("Abs", ["x"])).toBe("Abs_2");
  });

  test("names of values in nested graphs are taken: they see the graph around them", () => {
    const inner = new GraphBuilder();
    inner.op("Neg", ["x"], { outputs: ["Relu"] });
    const { graph: body } = inner.model({ name: "body", inputs: [], outputs: [], opset: 17 });
    const outer = new GraphBuilder();
    outer.op("If", ["condition"]);
    const { graph } = outer.model({ name: "g", inputs: [], outputs: [], opset: 17 });
    const attribute = makeAttribute("then_branch", 0);
    graph.node[0].attribute.push(Object.assign(attribute, { type: AttributeType.GRAPH, g: body }));
    expect(new GraphBuilder("", graph).op("Relu", ["x"])).toBe("Relu_2");
  });

  test("equal constants are one, others are not", () => {
    const builder = new GraphBuilder("s");
    expect(builder.scalar("float32", 2)).toBe(builder.scalar("float32", 2));
    expect(builder.ints([1, 2])).toBe(builder.ints([1, 2]));
    expect(builder.scalar("float64", 2)).not.toBe(builder.scalar("float32", 2));
    expect(builder.scalar("int64", 2)).not.toBe(builder.ints([2]));
    expect(builder.initializers).toHaveLength(5);
  });

  test("an int64 is held as it is, or refused", () => {
    const builder = new GraphBuilder("s");
    const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
    builder.ints([least, most]);
    builder.scalar("int64", most);
    builder.op("Any", [], { attributes: { most, both: [least, most] } });
    expect(
      builder.initializers.map((tensor) => Array.from<unknown>(tensorData(tensor).data)),
    ).toEqual([[least, most], [most]]);
    expect(builder.nodes[0].attribute[0].i).toBe(most);
    expect(builder.nodes[0].attribute[1].ints).toEqual([least, most]);
    const refused = (owner: string): string =>
      `${owner}: value must be an integer in [-2^63, 2^63), got 9223372036854776000`;
    // The number that is nearest to 2^63 - 1 is 2^63.
    expect(() => builder.ints([Number(most)])).toThrow(new RangeError(refused("GraphBuilder")));
    expect(() => builder.scalar("int64", 2 ** 63)).toThrow(refused("GraphBuilder"));
    expect(() => makeAttribute("k", 2 ** 63)).toThrow(refused("makeAttribute"));
    expect(() => makeAttribute("k", [0.5])).toThrow("makeAttribute: value must be an integer");
  });

  test("a body shares names and constants with the graph around it, and has nodes of its own", () => {
    const outer = new GraphBuilder("s");
    const two = outer.scalar("float32", 2);
    const body = outer.nested("s");
    expect(body.scalar("float32", 2)).toBe(two);
    expect(body.op("Neg", [outer.op("Neg", [two])])).toBe("s/Neg_2");
    body.scalar("float32", 3);
    expect(outer.initializers).toHaveLength(2);
    const graph = body.graph({ name: "body", inputs: [], outputs: [] });
    expect(graph.node.map(({ name }) => name)).toEqual(["s/Neg_2"]);
    expect(graph.initializer).toEqual([]);
    expect(outer.nodes.map(({ name }) => name)).toEqual(["s/Neg"]);
  });

  test("within another scope it collects the same nodes", () => {
    const builder = new GraphBuilder("a");
    expect(builder.within("b").op("Neg", ["x"])).toBe("b/Neg");
    expect(builder.op("Neg", ["x"])).toBe("a/Neg");
    expect(builder.nodes.map(({ name }) => name)).toEqual(["b/Neg", "a/Neg"]);
  });

  test("a model that is built from nothing runs", async () => {
    const builder = new GraphBuilder();
    const w = makeTensor({ name: "w", type: "float32", dims: [2], data: Float32Array.of(3, -3) });
    const product = builder.op("Mul", ["x", builder.constant(w)]);
    const shifted = builder.op("Add", [product, builder.scalar("float32", 0.5)]);
    builder.op("Relu", [builder.op("Reshape", [shifted, builder.ints([2, 1])])], {
      outputs: ["y"],
    });
    const model = builder.model({
      name: "small",
      inputs: [makeValueInfo("x", { type: "float32", dims: [2] })],
      outputs: [makeValueInfo("y", { type: "float32", dims: [2, 1] })],
      opset: 13,
    });
    const { y } = await runModel(model, { x: float32([2], [1, 2]) });
    expect(y.dims).toEqual([2, 1]);
    expect(y.data).toEqual(Float32Array.of(3.5, 0));
  });
});
