import { readFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { dropout } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import {
  type Dim,
  GraphBuilder,
  inferShapes,
  makeTensor,
  makeValueInfo,
  type NodeProto,
  opsetOf,
  sitesOf,
  tensorData,
  tensorTypeOf,
} from "../../src/graph.js";
import {
  decodeModel,
  encodeModel,
  insertDropConnect,
  insertDropout,
  maskFeeds,
  type OnnxModel,
  stripDropout,
  upgradeOpset,
} from "../../src/index.js";
import {
  FunctionProtoSchema,
  GraphProtoSchema,
  OperatorSetIdProtoSchema,
} from "../../src/model/schema.js";
import { opsetRules } from "../../src/opset/rules/opsetRules.js";
import { schemaVersions } from "../../src/opset/schemaVersions.js";
import { replacementOf, replaceRecord } from "../../src/sites/site.js";
import { bitsOf, type Feed, float32, runModel } from "../runtime/runModel.js";

const values = (dims: readonly number[]): Feed =>
  float32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
  );

/** A model `[batch, 4] -> y` of what a function writes. */
function modelOf(
  opset: number,
  write: (builder: GraphBuilder) => void,
  dims: readonly Dim[] = ["batch", 4],
): OnnxModel {
  const builder = new GraphBuilder();
  write(builder);
  const value = { type: "float32", dims: ["batch", 4] } as const;
  return builder.model({
    name: "test",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", { ...value, dims })],
    opset,
  });
}

/** Until opset 12 axes are attributes: `y = (x squeezed and unsqueezed) softmaxed`. */
const old = (): OnnxModel =>
  modelOf(9, (b) => {
    const wide = b.op("Unsqueeze", ["x"], { name: "up", attributes: { axes: [1] } });
    const flat = b.op("Squeeze", [wide], { name: "down", attributes: { axes: [1] } });
    const clipped = b.op("Clip", [flat], { name: "clip", attributes: { min: { float: 0 } } });
    b.op("Softmax", [clipped], { name: "soft", outputs: ["y"] });
  });

const expectSame = async (
  before: OnnxModel,
  after: OnnxModel,
  feeds: Record<string, Feed>,
): Promise<void> => {
  const expected = await runModel(before, feeds);
  const found = await runModel(after, feeds);
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [name, { data }] of Object.entries(expected)) expect(found[name].data).toEqual(data);
};

describe("upgradeOpset", () => {
  test.each([10, 11, 13, 18, 21, 24])(
    "a model of opset 9 at %d computes the same",
    async (version) => {
      const upgraded = upgradeOpset(old(), version);
      expect(opsetOf(upgraded)).toBe(version);
      await expectSame(old(), upgraded, { x: values([3, 4]) });
    },
  );

  test("the given model is not changed, weights are shared, and a step at a time ends in the same", () => {
    const model = old();
    const w = makeTensor({ name: "w", type: "float32", dims: [1], data: Float32Array.of(1) });
    model.graph.initializer.push(w);
    const bytes = encodeModel(model);
    const upgraded = upgradeOpset(model, 18);
    expect(encodeModel(model)).toEqual(bytes);
    expect(upgraded.graph.initializer).toContain(w);
    const stepwise = [11, 13, 18].reduce<OnnxModel>(upgradeOpset, model);
    expect(stepwise.graph.node.map(({ opType }) => opType)).toEqual(
      upgraded.graph.node.map(({ opType }) => opType),
    );
    expect(encodeModel(upgradeOpset(upgraded, 18))).toEqual(encodeModel(upgraded));
  });

  test("nodes that need no rewriting are the same objects", () => {
    const model = modelOf(9, (b) => b.op("Relu", ["x"], { outputs: ["y"] }));
    expect(upgradeOpset(model, 21).graph.node[0]).toBe(model.graph.node[0]);
  });

  test("noise drawn in the graph can be put into what was too old for it", async () => {
    const variant = dropout({ rate: 0.5 });
    const options = { variant, after: { opType: "Softmax" }, noise: "graph" } as const;
    expect(() => insertDropout(old(), options)).toThrow(
      'insertDropout: noise "graph" must have opset 18 or later, got 9; upgradeOpset(model, 18) brings it there',
    );
    const noisy = insertDropout(upgradeOpset(old(), 18), options);
    const fed = insertDropout(old(), { ...options, noise: "feeds" });
    const x = values([3, 4]);
    const call = { seed: 7, step: 3, dims: { batch: 3 } };
    const inGraph = await runModel(noisy, { x, ...maskFeeds(noisy, call) });
    const byFeeds = await runModel(fed, { x, ...maskFeeds(fed, call) });
    expect(bitsOf(inGraph.y.data)).toEqual(bitsOf(byFeeds.y.data));
  });

  test("sites of ours keep working, and are stripped", async () => {
    const variant = dropout({ rate: 0.5 });
    const noisy = insertDropout(old(), { variant, after: { tensor: ["x", "y"] } });
    const upgraded = upgradeOpset(noisy, 18);
    const feeds = maskFeeds(noisy, { seed: 7, step: 3, dims: { batch: 3 } });
    await expectSame(noisy, upgraded, { x: values([3, 4]), ...feeds });
    await expectSame(old(), stripDropout(upgraded), { x: values([3, 4]) });
  });

  test("DropConnect's sites stand for nodes that are brought along", async () => {
    const w = makeTensor({
      name: "w",
      type: "float32",
      dims: [4, 4],
      data: new Float32Array(16).fill(0.5),
    });
    const model = modelOf(11, (b) => {
      const h = b.op("MatMul", ["x", b.constant(w)], { name: "layer" });
      b.op("Softmax", [h], { name: "soft", outputs: ["y"] });
    });
    const noisy = insertDropConnect(model, { rate: 0.5, nodes: { name: "layer" } });
    const upgraded = upgradeOpset(noisy, 18);
    const feeds = maskFeeds(noisy, { seed: 7, step: 3, dims: { batch: 3 } });
    const x = values([3, 4]);
    await expectSame(noisy, upgraded, { x, ...feeds });
    await expectSame(model, stripDropout(upgraded), { x });
    expect(encodeModel(stripDropout(upgraded))).toEqual(encodeModel(upgradeOpset(model, 18)));
  });

  test("constants of format 3 stay constants when the format is raised", async () => {
    const model = modelOf(8, (b) => {
      b.constant(
        makeTensor({ name: "s", type: "int64", dims: [2], data: BigInt64Array.of(-1n, 4n) }),
      );
      b.op("Reshape", ["x", "s"], { outputs: ["y"] });
    });
    model.graph.input.push(makeValueInfo("s", { type: "int64", dims: [2] }));
    model.irVersion = 3n;
    const upgraded = upgradeOpset(model, 24);
    expect(upgraded.irVersion).toBe(12n);
    expect(upgraded.graph.input.map(({ name }) => name)).toEqual(["x"]);
    expect(inferShapes(upgraded).get("y")?.dims).toEqual(["batch", 4]);
    await expectSame(model, upgraded, { x: values([3, 4]) });
    expect(upgradeOpset(old(), 10).irVersion).toBe(8n);
  });

  test("a mask that was floats stays floats", async () => {
    const model = modelOf(7, (b) => {
      b.ops("Dropout", ["x"], { name: "drop", outputs: ["d", "mask"] });
      b.op("Add", ["d", b.op("Mul", ["mask", b.scalar("float32", 0)])], { outputs: ["y"] });
    });
    const upgraded = upgradeOpset(model, 18);
    expect(tensorTypeOf(inferShapes(upgraded).get("mask")?.dataType ?? 0)).toBe("float32");
    const x = values([3, 4]);
    expect((await runModel(upgraded, { x })).y.data).toEqual(x.data);
  });

  test("bounds and padding of doubles are doubles", async () => {
    const builder = new GraphBuilder();
    const attributes = { pads: [0, 1, 0, 1], value: { float: 0.5 } };
    builder.op("Pad", ["x"], { attributes, outputs: ["y"] });
    const model = builder.model({
      name: "double",
      inputs: [makeValueInfo("x", { type: "float64", dims: [2, 2] })],
      outputs: [makeValueInfo("y", { type: "float64", dims: [2, 4] })],
      opset: 10,
    });
    const x: Feed = { type: "float64", dims: [2, 2], data: Float64Array.of(1, 2, 3, 4) };
    await expectSame(model, upgradeOpset(model, 13), { x });
  });
});

/** A node with a graph in it that squeezes by an attribute, under a name of an outer constant. */
function nested(): OnnxModel {
  const branch = (
    name: string,
    min: number,
  ): ReturnType<typeof create<typeof GraphProtoSchema>> => {
    const b = new GraphBuilder(name);
    const clipped = b.op("Clip", ["x"], { attributes: { min: { float: min } } });
    const wide = b.op("Unsqueeze", [clipped], { attributes: { axes: [0] } });
    b.op("Squeeze", [wide], { attributes: { axes: [0] }, outputs: [`${name}_out`] });
    return create(GraphProtoSchema, {
      name,
      node: b.nodes,
      output: [makeValueInfo(`${name}_out`, { type: "float32", dims: ["batch", 4] })],
    });
  };
  const model = modelOf(9, (b) => {
    const attributes = { then_branch: branch("then", 0), else_branch: branch("else", 0.5) };
    b.op("If", ["flag"], { attributes, outputs: ["y"] });
  });
  model.graph.input.push(makeValueInfo("flag", { type: "bool", dims: [1] }));
  return model;
}

/** `clamp(x)` as a function of opset 10, which bounds by what its call gives. */
function withFunction(): OnnxModel {
  const b = new GraphBuilder();
  const wide = b.op("Unsqueeze", ["a"], { attributes: { axes: [0] } });
  b.op("Clip", [wide], { attributes: { min: { float: 0 } }, outputs: ["clipped"] });
  b.op("Squeeze", ["clipped"], { attributes: { axes: [0] }, outputs: ["b"] });
  b.nodes[1].attribute[0].refAttrName = "least";
  const model = modelOf(10, (m) => {
    m.op("clamp", ["x"], { attributes: { least: { float: 0.25 } }, outputs: ["y"] });
    m.nodes[0].domain = "mine";
  });
  model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: "mine", version: 1n }));
  model.functions.push(
    create(FunctionProtoSchema, {
      name: "clamp",
      domain: "mine",
      input: ["a"],
      output: ["b"],
      attribute: ["least"],
      node: b.nodes,
      opsetImport: [create(OperatorSetIdProtoSchema, { version: 10n })],
    }),
  );
  return model;
}

const [LEAST, MOST] = [-(2n ** 63n), 2n ** 63n - 1n];

describe("upgradeOpset: integers of 64 bits", () => {
  test.each([
    ["to the end", { axes: [1], starts: [2], ends: [MOST] }],
    ["from the least", { axes: [1], starts: [LEAST], ends: [3] }],
    ["to the least", { axes: [1], starts: [0], ends: [LEAST] }],
  ])("a Slice %s takes the same", async (_, attributes) => {
    const slice = (b: GraphBuilder): string => b.op("Slice", ["x"], { attributes, outputs: ["y"] });
    const model = modelOf(9, slice, ["batch", "cut"]);
    for (const version of [10, 13, 18]) {
      await expectSame(model, upgradeOpset(model, version), { x: values([3, 4]) });
    }
  });

  test("what was an attribute is the same integer as an input", () => {
    const model = modelOf(9, (b) =>
      b.ops("TopK", ["x"], { attributes: { k: MOST }, outputs: ["y", "at"] }),
    );
    const [, k] = upgradeOpset(model, 10).graph.node[0].input;
    const constant = upgradeOpset(model, 10).graph.initializer.find(({ name }) => name === k);
    expect(constant && tensorData(constant).data).toEqual(BigInt64Array.of(MOST));
  });
});

/** A BatchNormalization that has the outputs of training, of which some leave the model. */
function trained(opset: number, outputs: readonly string[]): OnnxModel {
  const model = modelOf(opset, (b) => {
    const list = (name: string, ...data: number[]): string =>
      b.constant(makeTensor({ name, type: "float32", dims: [4], data: Float32Array.from(data) }));
    const weights = [list("scale", 1, 2, 3, 4), list("bias", 0, 1, 0, 2)];
    const running = [list("m", 0.5, 1, 2, 3), list("v", 1, 4, 2, 3)];
    b.ops("BatchNormalization", ["x", ...weights, ...running], {
      name: "n",
      outputs: ["y", "mean", "variance", "saved_mean", "saved_variance"],
      attributes: { momentum: { float: 0.75 } },
    });
  });
  const value = { type: "float32", dims: [4] } as const;
  model.graph.output.push(...outputs.map((name) => makeValueInfo(name, value)));
  return model;
}

describe("upgradeOpset: what one version says by outputs or empty inputs", () => {
  test.each([7, 9, 13])(
    "a BatchNormalization of opset %d in training stays so, with what it moves",
    async (opset) => {
      for (const outputs of [[], ["mean", "variance"], ["variance"]]) {
        const model = trained(opset, outputs);
        for (const version of [14, 18]) {
          await expectSame(model, upgradeOpset(model, version), { x: values([3, 4]) });
        }
      }
    },
  );

  test("a BatchNormalization whose other outputs have no names stays one of inference", async () => {
    const padded = trained(9, []);
    padded.graph.node[0].output = ["y", "", "", "", ""];
    const plain = trained(9, []);
    plain.graph.node[0].output = ["y"];
    await expectSame(plain, upgradeOpset(padded, 18), { x: values([3, 4]) });
  });

  test.each<[string, readonly (readonly number[] | undefined)[]]>([
    ["sizes, with empty scales and region", [[], [], [6, 8]]],
    ["sizes, with empty scales and no region", [undefined, [], [6, 8]]],
    ["scales, with an empty region", [[], [2, 2]]],
    ["scales, with empty sizes", [[], [2, 2], []]],
  ])("a Resize to %s", async (_, [roi, scales, sizes]) => {
    const resize = (b: GraphBuilder): string => {
      const list = (name: string, data: readonly number[] | undefined): string =>
        data === undefined
          ? ""
          : b.constant(
              makeTensor({
                name,
                type: "float32",
                dims: [data.length],
                data: Float32Array.from(data),
              }),
            );
      const last = sizes === undefined ? [] : [b.ints(sizes)];
      return b.op("Resize", ["x", list("roi", roi), list("scales", scales), ...last], {
        attributes: { mode: "nearest" },
        outputs: ["y"],
      });
    };
    const x = values([3, 4]);
    for (const opset of [11, 12]) {
      const model = modelOf(opset, resize, ["rows", "columns"]);
      for (const version of [13, 18, 19]) {
        const upgraded = upgradeOpset(model, version);
        const { y } = await runModel(upgraded, { x });
        const rows = Array.from({ length: 48 }, (_, i) => x.data[(i >> 4) * 4 + ((i & 7) >> 1)]);
        const empty = new Set(
          upgraded.graph.initializer.filter(({ dims }) => dims[0] === 0n).map(({ name }) => name),
        );
        expect(upgraded.graph.node[0].input.filter((name) => empty.has(name))).toEqual([]);
        expect(y.dims).toEqual([6, 8]);
        expect(Array.from<unknown>(y.data)).toEqual(rows);
      }
    }
  });
});

describe("upgradeOpset: graphs in nodes, and functions", () => {
  test.each([0, 1])("the branches of an If are brought along (condition %d)", async (condition) => {
    const flag: Feed = { type: "bool", dims: [1], data: Uint8Array.of(condition) };
    await expectSame(nested(), upgradeOpset(nested(), 18), { x: values([3, 4]), flag });
  });

  test("a function is brought along, with constants of its own", async () => {
    const upgraded = upgradeOpset(withFunction(), 18);
    const [body] = upgraded.functions;
    expect(body.opsetImport.map(({ version }) => version)).toEqual([18n]);
    const x = values([3, 4]);
    const { y } = await runModel(upgraded, { x });
    const bounded = Array.from<unknown, number>(x.data, (item) => Math.max(Number(item), 0.25));
    expect(Array.from<unknown, number>(y.data, Number)).toEqual(bounded);
  });

  test("what a function is given has no type before opset 15", () => {
    expect(() => upgradeOpset(withFunction(), 13)).toThrow(
      "upgradeOpset: Clip Clip must read a tensor of a known type, got",
    );
    expect(() => upgradeOpset(withFunction(), 11)).toThrow(
      "upgradeOpset: Clip Clip must have a constant attribute min, or be brought to opset 12 or later, got the function's least",
    );
  });
});

describe("upgradeOpset: errors", () => {
  const one = (
    opset: number,
    opType: string,
    change: (node: NodeProto) => void = () => {},
  ): OnnxModel =>
    modelOf(opset, (b) => {
      b.op(opType, ["x"], { name: "n", outputs: ["y"] });
      change(b.nodes[0]);
    });

  test("a version that is older, newer than known, or no integer; a model that is too old", () => {
    for (const version of [8, 25, 9.5, Number.NaN]) {
      expect(() => upgradeOpset(old(), version)).toThrow(
        new RangeError(`upgradeOpset: version must be an integer in [9, 24], got ${version}`),
      );
    }
    expect(() => upgradeOpset(one(0, "Relu"), 18)).toThrow(
      new RangeError("upgradeOpset: model must have opset 1 or later, got 0"),
    );
  });

  test("the first node that cannot be brought along", () => {
    expect(() => upgradeOpset(one(9, "Mystery"), 18)).toThrow(
      "upgradeOpset: Mystery n must be a standard operator, got none of that name",
    );
    const attribute = (name: string, value: number) => (node: NodeProto) => {
      const b = new GraphBuilder();
      b.op("", [], { attributes: { [name]: value } });
      node.attribute.push(...b.nodes[0].attribute);
    };
    expect(() => upgradeOpset(one(8, "BatchNormalization", attribute("spatial", 0)), 9)).toThrow(
      "upgradeOpset: BatchNormalization n must have statistics of channels, got spatial 0",
    );
    const trains = trained(9, ["saved_mean"]);
    expect(() => upgradeOpset(trains, 14)).toThrow(
      "upgradeOpset: BatchNormalization n must have its saved statistics unread, got saved_mean; it can be brought to opset 13",
    );
    expect(() => upgradeOpset(one(8, "Scan"), 9)).toThrow(
      "upgradeOpset: Scan n must be of opset 9 or later, got a Scan of a batch",
    );
    expect(() => upgradeOpset(one(9, "TopK"), 10)).toThrow(
      "upgradeOpset: TopK n must have a constant attribute k, got none",
    );
  });

  test("a Resize to nearest values whose scales are computed, or enlarge and shrink", () => {
    const resize = (values?: number[]): OnnxModel =>
      modelOf(10, (b) => {
        const data = Float32Array.from(values ?? []);
        const scales = values
          ? b.constant(makeTensor({ name: "s", type: "float32", dims: [2], data }))
          : b.op("Cast", [b.op("Shape", ["x"])], { attributes: { to: 1 }, outputs: ["s"] });
        b.op("Resize", ["x", scales], { name: "n", outputs: ["y"] });
      });
    const must =
      "upgradeOpset: Resize n must have constant scales that all enlarge or all shrink, got";
    expect(() => upgradeOpset(resize(), 11)).toThrow(`${must} s, which is computed`);
    expect(() => upgradeOpset(resize([0.5, 2]), 11)).toThrow(`${must} 0.5, 2`);
  });

  test("a site that stands for a node which becomes several", () => {
    const noisy = insertDropout(old(), { variant: dropout({ rate: 0.5 }), after: { tensor: "x" } });
    const [site] = sitesOf(noisy);
    const [squeeze] = old().graph.node;
    replaceRecord(noisy, { ...site, replaces: replacementOf(squeeze) });
    expect(() => upgradeOpset(noisy, 18)).toThrow(
      "upgradeOpset: site x must stand for a node that stays one node, got Unsqueeze; upgrade the model before dropout is put in",
    );
  });
});

describe("upgradeOpset: the table of versions", () => {
  test("goes up to 24", () => {
    for (const [opType, versions = []] of Object.entries(schemaVersions)) {
      expect(
        [...versions].sort((a, b) => a - b),
        opType,
      ).toEqual(versions);
      expect(
        versions.every((version) => version <= 24),
        opType,
      ).toBe(true);
    }
  });

  test("each rule is for a version at which its operator changed", () => {
    for (const [opType, rules] of Object.entries(opsetRules)) {
      for (const version of Object.keys(rules ?? {})) {
        expect(schemaVersions[opType], opType).toContain(Number(version));
      }
    }
  });
});

const { DROPOUTKIT_DATA: data } = process.env;
const oracles = ["cnn_plain", "lstm_tokens", "mlp", "resnet_bn", "transformer"];

describe.skipIf(!data)("upgradeOpset: models from PyTorch", () => {
  test.each(oracles)("%s computes the same at opset 18 and 21", async (name) => {
    const model = decodeModel(readFileSync(`${data}/torch-oracle/${name}/model.onnx`));
    const [input] = model.graph.input;
    const info = inferShapes(model).get(input.name);
    const dims = info?.dims.map(Number) ?? [];
    const floats = values(dims);
    const feed: Feed =
      tensorTypeOf(info?.dataType ?? 0) === "int64"
        ? {
            type: "int64",
            dims,
            data: BigInt64Array.from({ length: floats.data.length }, (_, i) => BigInt(i % 10)),
          }
        : floats;
    for (const version of [18, 21]) {
      const feeds = { [input.name]: feed };
      const [expected] = Object.values(await runModel(model, feeds));
      const [found] = Object.values(await runModel(upgradeOpset(model, version), feeds));
      const [before, after] = [expected, found].map(({ data: items }) =>
        Array.from<unknown, number>(items, Number),
      );
      // The runtime's AveragePool of opset 19 adds in another order; what follows sums up to 128 floats.
      const most = Math.max(...before.map(Math.abs));
      for (const [i, value] of after.entries()) {
        expect(Math.abs(value - before[i])).toBeLessThanOrEqual(128 * 2 ** -24 * most);
      }
    }
  });
});
