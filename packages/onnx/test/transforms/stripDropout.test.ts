import { dropout, zoneout } from "@dropoutkit/core";
import { mul, select } from "@dropoutkit/core/adapter";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyMessage, GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import {
  decodeModel,
  encodeModel,
  insertDropout,
  inspectDropout,
  type OnnxModel,
  stripDropout,
} from "../../src/index.js";
import { recordSite, replacementOf } from "../../src/sites/site.js";
import { float32, floatsOf, runModel } from "../runtime/runModel.js";
import { hasOracle, oracleModels, TorchOracle } from "../runtime/torchOracle.js";

const value = { type: "float32", dims: ["batch", 4] } as const;
const x = float32([2, 4], [1, -2, 3, 0.5, 0.25, -1, 4, -8]);

/** `a = relu(x); b = a · w; c = neg(b)`, all of them outputs if `outputs` says so. */
function chain(outputs: readonly string[]): OnnxModel {
  const builder = new GraphBuilder();
  const data = Float32Array.of(1, 2, 3, 4);
  const w = builder.constant(makeTensor({ name: "w", type: "float32", dims: [4], data }));
  builder.op("Relu", ["x"], { name: "relu", outputs: ["a"] });
  builder.op("Mul", ["a", w], { name: "mul", outputs: ["b"] });
  builder.op("Neg", ["b"], { name: "neg", outputs: ["c"] });
  return builder.model({
    name: "chain",
    inputs: [makeValueInfo("x", value)],
    outputs: outputs.map((name) => makeValueInfo(name, value)),
    opset: 18,
  });
}

describe("stripDropout takes out what insertDropout put in", () => {
  test("to the byte, after any insertions on any tensors of any outputs", () => {
    const insertion = fc.record({
      tensor: fc.constantFrom("x", "a", "b", "c"),
      noise: fc.constantFrom("feeds", "graph"),
    });
    // "c" is always one: nodes that no output depends on may go too.
    const outputs = fc.subarray(["a", "b"]).map((names) => [...names, "c"]);
    fc.assert(
      fc.property(outputs, fc.array(insertion, { maxLength: 5 }), (names, insertions) => {
        const bytes = encodeModel(chain(names));
        let noisy = decodeModel(bytes);
        insertions.forEach(({ tensor, noise }, i) => {
          noisy = insertDropout(noisy, {
            variant: dropout({ rate: 0.5 }),
            after: { tensor },
            noise: noise === "feeds" ? "feeds" : "graph",
            site: () => `site${i}`,
          });
        });
        expect(inspectDropout(noisy).sites).toHaveLength(insertions.length);
        const before = encodeModel(noisy);
        expect(Buffer.compare(encodeModel(stripDropout(noisy)), bytes)).toBe(0);
        expect(Buffer.compare(encodeModel(noisy), before)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test("after a site on the tensor that another site made", () => {
    const bytes = encodeModel(chain(["c"]));
    const variant = dropout({ rate: 0.5 });
    const first = insertDropout(bytes, { variant, after: { tensor: "a" } });
    const second = insertDropout(first, {
      variant,
      after: { tensor: "relu/out" },
      site: () => "s",
    });
    expect(encodeModel(stripDropout(second))).toEqual(bytes);
  });

  test("a model without dropout stays as it is", () => {
    const bytes = encodeModel(chain(["c"]));
    expect(encodeModel(stripDropout(bytes))).toEqual(bytes);
  });

  test("a variant that is no identity at inference computes its inference", async () => {
    const [part] = dropout({ rate: 0.25 }).parts;
    const halving = { name: "halving", parts: [{ ...part, infer: mul("keep", "x") }] };
    const noisy = insertDropout(chain(["c"]), { variant: halving, after: { tensor: "a" } });
    const clean = stripDropout(noisy);
    expect(inspectDropout(clean).sites).toEqual([]);
    expect(clean.graph.input.map(({ name }) => name)).toEqual(["x"]);
    const { c } = await runModel(clean, { x });
    const plain = (await runModel(chain(["c"]), { x })).c;
    expect(c.data).toEqual(floatsOf(plain.data).map((entry) => 0.75 * entry));
  });

  test("a variant that draws at inference is an error", () => {
    const [part] = dropout({ rate: 0.5 }).parts;
    const drawing = { name: "drawing", parts: [{ ...part, infer: select("field", "x", 0) }] };
    const noisy = insertDropout(chain(["c"]), { variant: drawing, after: { tensor: "a" } });
    expect(() => stripDropout(noisy)).toThrow(
      "stripDropout: site relu must draw no noise at inference, got variant drawing",
    );
  });
});

/** The chain with `b = a · w` computed as a site of two parts may, which the nodes in its place read. */
function replaced(outputs: readonly string[], site = "mul"): OnnxModel {
  const model = chain(outputs);
  const { graph } = model;
  const [part] = dropout({ rate: 0.5 }).parts;
  const original = graph.node[1];
  const builder = new GraphBuilder(site, graph);
  const fields = (["kernel", "bias"] as const).map((at) => {
    const field = builder.uniqueName(at);
    graph.input.push(makeValueInfo(field, { type: "bool", dims: [4] }));
    return { at, field };
  });
  const [kept, zero] = [
    builder.op(
      "And",
      fields.map(({ field }) => field),
    ),
    builder.scalar("float32", 0),
  ];
  builder.op("Mul", ["a", builder.op("Where", [kept, "w", zero])], { outputs: ["b"] });
  graph.node.splice(1, 1, ...builder.nodes);
  graph.initializer.push(...builder.initializers);
  for (const { at, field } of fields) {
    recordSite(model, {
      site,
      variant: "dropConnect",
      part: { ...part, at },
      noise: "feeds",
      x: "w",
      output: "b",
      field,
      dims: [4],
      scalars: {},
      replaces: replacementOf(original),
    });
  }
  return model;
}

describe("stripDropout puts back a node that a site replaced", () => {
  test.each([["c"], ["b", "c"]])(
    "to the byte, with all parts of the site at once: %s",
    (...outputs) => {
      const clean = encodeModel(chain(outputs));
      const noisy = replaced(outputs);
      expect(inspectDropout(noisy).sites).not.toEqual([]);
      expect(encodeModel(stripDropout(encodeModel(noisy)))).toEqual(clean);
    },
  );

  test.each(["a", "b", "c"])("under a site that was put in later, at %s", (tensor) => {
    const clean = encodeModel(chain(["b", "c"]));
    const variant = dropout({ rate: 0.5 });
    const noisy = insertDropout(replaced(["b", "c"]), {
      variant,
      after: { tensor },
      site: () => "later",
    });
    expect(encodeModel(stripDropout(noisy))).toEqual(clean);
  });
});

test("stripDropout: a formula of inference reads the leaves that are recorded", async () => {
  const model = chain(["c"]);
  const { graph } = model;
  const [part] = zoneout({ stateRate: 0.25, cellRate: 0 }).parts;
  graph.input.push(makeValueInfo("keep", { type: "bool", dims: ["batch", 4] }));
  const builder = new GraphBuilder("zone", graph);
  builder.op("Where", ["keep", "a", "x"], { outputs: ["z"] });
  graph.node[1] = copyMessage(graph.node[1], { input: ["z", "w"] });
  graph.node.splice(1, 0, ...builder.nodes);
  recordSite(model, {
    ...{ site: "zone", variant: "zoneout", part, noise: "feeds", x: "a", output: "z" },
    ...{ field: "keep", dims: ["batch", 4], scalars: {}, leaves: { previous: "x" } },
  });
  const clean = stripDropout(encodeModel(model));
  expect(clean.graph.input.map(({ name }) => name)).toEqual(["x"]);
  const { c } = await runModel(clean, { x });
  // 3/4 relu(x) + 1/4 x, times w, negated; all exact.
  const expected = Float32Array.from(x.data, Number).map(
    (value, i) => -(0.75 * Math.max(value, 0) + 0.25 * value) * ((i % 4) + 1),
  );
  expect(c.data).toEqual(expected);
});

test("sitesOf: metadata of that prefix that is no record is an error", () => {
  const model = replaced(["c"]);
  const [record] = model.metadataProps;
  record.key = "dropoutkit.site/other";
  expect(() => stripDropout(model)).toThrow(
    /^sitesOf: metadata dropoutkit.site\/other must be a site as insertDropout writes it, got \{/,
  );
});

/** The chain with a Dropout node for each pair: of the first tensor, into the second. */
function withDropout(
  pairs: readonly (readonly [from: string, to: string])[],
  { outputs, mask = "" }: { readonly outputs: readonly string[]; readonly mask?: string },
): OnnxModel {
  const model = chain(outputs);
  const builder = new GraphBuilder("d", model.graph);
  const training = makeTensor({ name: "on", type: "bool", dims: [], data: Uint8Array.of(1) });
  for (const [from, to] of pairs) {
    const inputs = [from, builder.scalar("float32", 0.25), "on"];
    builder.op("Dropout", inputs, { name: `drop:${to}`, outputs: mask ? [to, mask] : [to] });
  }
  model.graph.node.push(...builder.nodes);
  model.graph.initializer.push(...builder.initializers, training);
  return model;
}

describe("stripDropout takes out Dropout nodes", () => {
  test("whose constants go with them, and nothing else", () => {
    const model = withDropout([["c", "d"]], { outputs: ["a"] });
    const builder = new GraphBuilder();
    builder.op("Abs", ["d"], { outputs: ["e"] });
    model.graph.node.push(...builder.nodes);
    const clean = stripDropout(model);
    const types = clean.graph.node.map(({ opType, input }) => [opType, ...input]);
    expect(types).toEqual([
      ["Relu", "x"],
      ["Mul", "a", "w"],
      ["Neg", "b"],
      ["Abs", "c"],
    ]);
    expect(clean.graph.initializer.map(({ name }) => name)).toEqual(["w"]);
  });

  test.each([
    [
      "one behind another",
      [
        ["c", "d"],
        ["d", "e"],
      ],
      ["e"],
    ],
    [
      "two of one tensor",
      [
        ["c", "d"],
        ["c", "e"],
      ],
      ["d", "e"],
    ],
    ["of a tensor that is an output itself", [["c", "d"]], ["c", "d"]],
    ["of an input", [["x", "d"]], ["d"]],
    [
      "of an input, twice",
      [
        ["x", "d"],
        ["d", "e"],
      ],
      ["d", "e", "c"],
    ],
  ] as const)("%s: the outputs are those of the model without noise", async (_, pairs, outputs) => {
    const clean = stripDropout(withDropout(pairs, { outputs }));
    expect(inspectDropout(clean).sites).toEqual([]);
    expect(clean.graph.node.map(({ opType }) => opType)).not.toContain("Dropout");
    expect(clean.graph.output.map(({ name }) => name)).toEqual(outputs);
    const c = (await runModel(chain(["c"]), { x })).c.data;
    const results = await runModel(clean, { x });
    const isOfInput = pairs[0][0] === "x";
    for (const name of outputs) {
      expect(results[name].data, name).toEqual(isOfInput && name !== "c" ? x.data : c);
    }
  });

  test("a mask that is read keeps all, one that is not goes too", async () => {
    const model = withDropout([["c", "d"]], { outputs: ["d"], mask: "m" });
    expect(stripDropout(model).graph.node).toHaveLength(3);
    model.graph.output.push(makeValueInfo("m", { type: "bool", dims: ["batch", 4] }));
    const { c } = await runModel(chain(["c"]), { x });
    const { d, m } = await runModel(stripDropout(model), { x });
    expect(d.data).toEqual(c.data);
    expect(m.data).toEqual(new Uint8Array(8).fill(1));
    expect(m.dims).toEqual([2, 4]);
  });

  test.each([7, 8, 9])(
    "until opset 10 (at %i) a mask that is read holds what the values do",
    async (opset) => {
      const model = withDropout([["c", "d"]], { outputs: ["d"], mask: "m" });
      model.opsetImport[0].version = BigInt(opset);
      model.graph.node[3] = copyMessage(model.graph.node[3], { input: ["c"] });
      model.graph.output.push(makeValueInfo("m", { type: "float32", dims: ["batch", 4] }));
      const { m } = await runModel(stripDropout(model), { x });
      expect(m.data).toEqual(new Float32Array(8).fill(1));
      model.graph.input[0] = copyMessage(model.graph.input[0], { type: undefined });
      model.graph.output = model.graph.output.slice(1);
      expect(() => stripDropout(model)).toThrow(
        "stripDropout: tensor c must have a known type for its mask, got none",
      );
    },
  );

  test("an operator of that name in another domain is another operator", () => {
    const model = withDropout([["c", "d"]], { outputs: ["d"] });
    model.graph.node[3] = copyMessage(model.graph.node[3], { domain: "com.example" });
    expect(stripDropout(model).graph.node).toHaveLength(4);
  });
});

describe.skipIf(!hasOracle)(
  "PyTorch's exports (skipped where DROPOUTKIT_DATA has no torch-oracle)",
  () => {
    test.each(oracleModels)(
      "%s: Dropout is listed, and stripped to PyTorch's logits in eval mode",
      async (name, file) => {
        const oracle = new TorchOracle(name, file);
        const { model } = oracle;
        const sites = inspectDropout(model).sites.map(({ site, output, rate }) => [
          site,
          output,
          rate,
        ]);
        // A ratio is float32 in the file.
        const nodes = oracle.dropoutNodes.map(({ name: site, output, ratio }) => [
          site,
          output,
          Math.fround(ratio),
        ]);
        expect(sites).toEqual(nodes);
        const clean = stripDropout(model);
        expect(inspectDropout(clean).sites).toEqual([]);
        expect(clean.graph.node.map(({ opType }) => opType)).not.toContain("Dropout");

        const { logits } = await runModel(clean, oracle.input());
        const expected = oracle.doubles("eval/logits");
        // The folder's own tolerance: float32 against float64, relative to the largest entry.
        const tolerance = 1e-4 * Math.max(...expected.map(Math.abs)) + 1e-6;
        const errors = Array.from(expected, (value, i) => Math.abs(value - Number(logits.data[i])));
        expect(Math.max(...errors)).toBeLessThanOrEqual(tolerance);
      },
    );
  },
);
