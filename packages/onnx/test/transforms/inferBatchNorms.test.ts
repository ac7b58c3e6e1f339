import { create } from "@bufbuild/protobuf";
import { FunctionProtoSchema } from "onnx-buf";
import { expect, test } from "vitest";
import {
  copyMessage,
  GraphBuilder,
  graphAttribute,
  intAttribute,
  makeAttribute,
  makeTensor,
  makeValueInfo,
  type NodeOptions,
  type NodeProto,
  usesBatchStatistics,
} from "../../src/graph.js";
import { encodeModel, inferBatchNorms, type OnnxModel, stripDropout } from "../../src/index.js";
import { float32, runModel } from "../runtime/runModel.js";

const image = { type: "float32", dims: [2, 2, 3] } as const;
const x = float32(
  image.dims,
  Array.from({ length: 12 }, (_, i) => (i * i) % 7),
);

interface Form {
  readonly opset: number;
  readonly attributes?: NodeOptions["attributes"];
  /** Outputs behind the first. */
  readonly more?: readonly string[];
}

const five = ["mean.out", "variance.out", "saved.mean", "saved.variance"];
const three = ["mean.out", "variance.out"];

/** The forms in which the operator normalises by its batch, one for each way to say so. */
const training: readonly Form[] = [
  { opset: 1, more: five },
  { opset: 6, more: five },
  { opset: 6, attributes: { is_test: 0, spatial: 1 } },
  { opset: 7, more: five },
  { opset: 8, more: five, attributes: { spatial: 1 } },
  { opset: 9, more: five },
  { opset: 13, more: [...three, "saved.mean"] },
  { opset: 13, more: ["", "variance.out"] },
  { opset: 14, more: three, attributes: { training_mode: 1 } },
  { opset: 15, attributes: { training_mode: 1 } },
  { opset: 22, more: three, attributes: { training_mode: 1, momentum: { float: 0.5 } } },
];

function inputsOf(builder: GraphBuilder): string[] {
  const constant = (name: string, data: readonly number[]): string =>
    builder.constant(
      makeTensor({ name, type: "float32", dims: [2], data: Float32Array.from(data) }),
    );
  const scale = [constant("scale", [2, -1]), constant("bias", [0.5, 1])];
  return ["x", ...scale, constant("mean", [1, -2]), constant("variance", [4, 0.25])];
}

function normalised(
  { opset, attributes = {}, more = [] }: Form,
  outputs: readonly string[] = [],
): OnnxModel {
  const builder = new GraphBuilder();
  const inputs = inputsOf(builder);
  builder.ops("BatchNormalization", inputs, { name: "norm", outputs: ["n", ...more], attributes });
  builder.op("Relu", ["n"], { name: "relu", outputs: ["y"] });
  return builder.model({
    name: "normalised",
    inputs: [makeValueInfo("x", image)],
    outputs: ["y", ...outputs].map((name) =>
      makeValueInfo(name, name === "y" ? image : { type: "float32", dims: [2] }),
    ),
    opset,
  });
}

const norms = ({ graph }: OnnxModel): NodeProto[] =>
  graph.node.filter(({ opType }) => opType === "BatchNormalization");

test.each(training)("stripDropout normalises by the running statistics: %o", async (form) => {
  const model = normalised(form);
  const before = encodeModel(model);
  expect(norms(model).every((node) => usesBatchStatistics(node, form.opset))).toBe(true);
  const clean = stripDropout(model);
  const [node, ...others] = norms(clean);
  expect(others).toEqual([]);
  expect(usesBatchStatistics(node, form.opset)).toBe(false);
  expect(node.output).toEqual(["n"]);
  expect(encodeModel(inferBatchNorms(model))).toEqual(encodeModel(clean));
  expect(encodeModel(stripDropout(clean))).toEqual(encodeModel(clean));
  expect(encodeModel(model)).toEqual(before);
  // onnxruntime's operator starts at opset 7.
  if (form.opset < 7) return;
  const plain = normalised({ opset: 15 });
  expect((await runModel(clean, { x })).y.data).toEqual((await runModel(plain, { x })).y.data);
});

test.each<Form>([
  { opset: 6, attributes: { is_test: 1 } },
  { opset: 9 },
  { opset: 14 },
  { opset: 22, attributes: { training_mode: 0 } },
])("stripDropout leaves a node for inference as it is: %o", (form) => {
  const model = normalised(form);
  expect(encodeModel(stripDropout(model))).toEqual(encodeModel(model));
});

test("a running statistic that is read is the one that the node reads", async () => {
  const form = { opset: 14, more: three, attributes: { training_mode: 1 } };
  const results = await runModel(stripDropout(normalised(form, ["variance.out"])), { x });
  expect(results["variance.out"].data).toEqual(Float32Array.of(4, 0.25));
});

test("a batch's own statistic that is read is an error", () => {
  const model = normalised({ opset: 9, more: five }, ["saved.mean"]);
  const message =
    "statistics of a batch must not be read, which inference has none of, got saved.mean of BatchNormalization norm";
  expect(() => stripDropout(model)).toThrow(`stripDropout: ${message}`);
  expect(() => inferBatchNorms(model)).toThrow(`inferBatchNorms: ${message}`);
});

const mode = { training_mode: 1 };

test("it reaches the branches of an If", () => {
  const builder = new GraphBuilder();
  const inputs = inputsOf(builder);
  const branch = () => {
    const inner = builder.nested("");
    inner.op("BatchNormalization", inputs, { name: "norm", outputs: ["r"], attributes: mode });
    return inner.graph({ name: "branch", inputs: [], outputs: [makeValueInfo("r", image)] });
  };
  const attributes = { then_branch: branch(), else_branch: branch() };
  builder.op("If", ["choose"], { name: "if", outputs: ["y"], attributes });
  const model = builder.model({
    name: "branches",
    inputs: [makeValueInfo("x", image), makeValueInfo("choose", { type: "bool", dims: [] })],
    outputs: [makeValueInfo("y", image)],
    opset: 18,
  });
  const [node] = stripDropout(model).graph.node;
  for (const name of ["then_branch", "else_branch"]) {
    const [norm] = graphAttribute(node, name)?.node ?? [];
    expect(norm.opType).toBe("BatchNormalization");
    expect(intAttribute(norm, "training_mode", 0)).toBe(0);
  }
});

test("it reaches functions, whose calls say the mode too", async () => {
  const builder = new GraphBuilder();
  const inputs = inputsOf(builder);
  builder.op("Norm", inputs, { name: "call", outputs: ["y"], attributes: { mode: 1 } });
  const model = builder.model({
    name: "calls",
    inputs: [makeValueInfo("x", image)],
    outputs: [makeValueInfo("y", image)],
    opset: 18,
  });
  model.graph.node = model.graph.node.map((node) => copyMessage(node, { domain: "own" }));
  model.opsetImport.push(copyMessage(model.opsetImport[0], { domain: "own", version: 1n }));
  const formal = ["x", "s", "b", "m", "v"];
  const inside = new GraphBuilder();
  inside.op("BatchNormalization", formal, { name: "norm", outputs: ["n"] });
  const [norm] = inside.nodes;
  const given = copyMessage(makeAttribute("training_mode", 1), { refAttrName: "mode", i: 0n });
  model.functions.push(
    create(FunctionProtoSchema, {
      name: "Norm",
      domain: "own",
      input: formal,
      output: ["n"],
      attribute: ["mode"],
      node: [copyMessage(norm, { attribute: [given] })],
      opsetImport: [model.opsetImport[0]],
    }),
  );
  const plain = normalised({ opset: 18 });
  plain.graph.output = [makeValueInfo("n", image)];
  expect((await runModel(stripDropout(model), { x })).y.data).toEqual(
    (await runModel(plain, { x })).n.data,
  );
});
