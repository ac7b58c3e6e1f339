import type { OnnxModel } from "@dropoutkit/onnx";
import { type Dim, sitesOf, tensorInfoOf, type ValueInfoProto } from "@dropoutkit/onnx/graph";
import type { Tensor } from "@dropoutkit/onnx-training";
import { PIXELS } from "../data/digits.js";

/** A model's input, the sizes of an image in it, and its output. */
export interface Signature {
  readonly input: string;
  readonly sizes: readonly number[];
  /** The name of its first axis. */
  readonly batch: string;
  /** What the model gives: logits, or probabilities that it makes of them. */
  readonly output: string;
  readonly logits: string;
}

/** @throws {Error} If the model does not take `[batch, ...]` of 784 pixels and give `[batch, 10]`. */
export function signatureOf(model: OnnxModel): Signature {
  const { graph } = model;
  const inputs = imageInputs(model);
  const [input, output] = [inputs[0], graph.output[0]].map((value) => value && tensorInfoOf(value));
  const sizes = (input?.dims ?? []).slice(1).filter((dim) => typeof dim === "number");
  const pixels = sizes.reduce((product, size) => product * size, 1);
  const [batch, ...image] = input?.dims ?? [];
  const isImage = pixels === PIXELS && sizes.length === image.length;
  if (inputs.length !== 1 || typeof batch !== "string" || !isImage) {
    throw new Error(
      `demo: model must have one input [batch, ...] of ${PIXELS} pixels with a named batch, got ${inputs.map(({ name }) => name).join(", ")} ${shown(input?.dims)}`,
    );
  }
  if (graph.output.length !== 1 || output?.dims.length !== 2 || output.dims[1] !== 10) {
    throw new Error(
      `demo: model must have one output [batch, 10], got ${graph.output.map(({ name }) => name).join(", ")} ${shown(output?.dims)}`,
    );
  }
  const { name } = graph.output[0];
  return { input: inputs[0].name, sizes, batch, output: name, logits: logitsBehind(graph, name) };
}

/** What a model is fed beside noise; one, of a model of images. */
export function imageInputs(model: OnnxModel): readonly ValueInfoProto[] {
  const { graph } = model;
  const given = new Set([
    ...graph.initializer.map(({ name }) => name),
    ...sitesOf(model).map(({ field }) => field),
  ]);
  return graph.input.filter(({ name }) => !given.has(name));
}

/** Of a model that ends in a softmax what goes into it. */
function logitsBehind({ node }: OnnxModel["graph"], output: string): string {
  const last = node.find(({ output: made }) => made.includes(output));
  return last?.opType === "Softmax" ? last.input[0] : output;
}

/** What the model says of each digit, as logits. */
export function scoresOf(
  { output, logits }: Signature,
  outputs: Readonly<Record<string, Tensor>>,
): Float32Array {
  const scores = floatsOf(outputs[output]);
  return output === logits ? scores : scores.map(Math.log);
}

const shown = (dims: readonly Dim[] | undefined): string =>
  dims === undefined ? "of unknown shape" : `[${dims.join(", ")}]`;

function floatsOf({ data, type }: Pick<Tensor, "data" | "type">): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new TypeError(`demo: logits must be float32, got ${type}`);
}
