import { constantsOf } from "../constants/constantsOf.js";
import { fedInputs } from "../constants/fedInputs.js";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { nearMisses } from "../labels/nearMisses.js";
import { copyMessage, copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import { readsOf } from "../model/rewire.js";
import type { ValueInfoProto } from "../model/schema.js";
import { type Dim, tensorInfoOf, valueInfoOf } from "../model/valueInfo.js";
import { inferShapes } from "../shapes/inferShapes.js";
import { sitesOf } from "../sites/site.js";

const owner = "nameBatch";

export interface NameBatchOptions {
  /** Inputs whose first axis is the batch's. Default: the first that is fed, and all that have its size there. */
  readonly inputs?: readonly string[];
  /** What the size is called. Default: `"batch"`. */
  readonly name?: string;
}

/**
 * A model that takes batches of any size. Exporters write the size of their example into a model: at its inputs and
 * outputs, and in reshapes between them. A model whose batch has a name already stays as it is.
 * @throws {Error} If an input is not in the model, inputs have different sizes, or nodes need the size elsewhere too.
 */
export function nameBatch(
  model: ModelLike,
  { inputs, name = "batch" }: NameBatchOptions = {},
): OnnxModel {
  const named = copyModel(modelOf(owner, model));
  const { graph } = named;
  const noise = new Set(sitesOf(named).map(({ field }) => field));
  const chosen = batchInputs(named, noise, inputs);
  const [size] = new Set(chosen.map(({ first }) => first));
  if (size === undefined) return named;
  const batched = new Set(chosen.map((input) => input.name));
  // Noise of one example may as well be shared by the batch, as it is by a larger one.
  if (size > 1) for (const field of noise) batched.add(field);
  const withName = (value: ValueInfoProto): ValueInfoProto => {
    const info = tensorInfoOf(value);
    if (info?.dims[0] !== size) return value;
    return valueInfoOf(value.name, { ...info, dims: [name, ...info.dims.slice(1)] });
  };
  graph.input = graph.input.map((input) => (batched.has(input.name) ? withName(input) : input));
  const outputs = graph.output.map(withName);
  // What is declared of the sizes in between is of the old one: they are inferred anew.
  graph.output = [];
  graph.valueInfo = [];
  keepBatch(named, { size, name });
  const infos = inferShapes(named);
  const fixed = outputs.find((output) => {
    const [first] = infos.get(output.name)?.dims ?? [];
    return tensorInfoOf(output)?.dims[0] === name && first !== name;
  });
  if (fixed !== undefined) {
    const got = infos.get(fixed.name)?.dims.join(", ") ?? "";
    throw new Error(
      `${owner}: model must need a batch of ${size} at its ends and in reshapes alone, got output ${fixed.name} [${got}]`,
    );
  }
  graph.output = outputs;
  return named;
}

/** The inputs whose batch has a fixed size. */
function batchInputs(
  { graph }: OnnxModel,
  noise: ReadonlySet<string>,
  names: readonly string[] | undefined,
): { readonly name: string; readonly first: number }[] {
  const fed = fedInputs(graph)
    .filter(({ name }) => !noise.has(name))
    .map((input) => ({ name: input.name, first: tensorInfoOf(input)?.dims[0] }));
  const unknown = names?.find((name) => !fed.some((input) => input.name === name));
  if (unknown !== undefined) {
    const known = fed.map(({ name }) => name);
    throw new Error(
      `${owner}: input must be one that the model is fed, got ${unknown}${nearMisses(unknown, known)}`,
    );
  }
  const fixed = fed.flatMap(({ name, first }) =>
    typeof first === "number" && (names?.includes(name) ?? true) ? [{ name, first }] : [],
  );
  const sizes = new Set(fixed.map(({ first }) => first));
  if (names === undefined) return fixed.filter(({ first }) => first === fixed[0].first);
  if (sizes.size <= 1) return fixed;
  throw new Error(`${owner}: inputs must have one batch, got ${[...sizes].join(" and ")}`);
}

/** Makes reshapes of a batch to the fixed size keep the batch as it is. */
function keepBatch(
  model: OnnxModel,
  { size, name }: { readonly size: number; readonly name: string },
): void {
  const { graph } = model;
  const builder = new GraphBuilder("", graph);
  const replaced = new Set<string>();
  graph.node.forEach((node, i) => {
    if (node.opType !== "Reshape") return;
    const [data, shape] = node.input;
    const infos = inferShapes(model);
    const target = targetOf(model, { shape, made: infos.get(node.output[0])?.dims });
    if (target?.[0] !== size || infos.get(data)?.dims[0] !== name) return;
    // Where a shape says 0, a reshape keeps the size.
    const kept = builder.ints([0, ...target.slice(1)]);
    graph.node[i] = copyMessage(node, { input: [data, kept] });
    replaced.add(shape);
    graph.initializer = [...new Set([...graph.initializer, ...builder.initializers])];
  });
  const read = new Set(graph.node.flatMap(readsOf));
  graph.initializer = graph.initializer.filter(
    (tensor) => !replaced.has(tensor.name) || read.has(tensor.name),
  );
}

/** What a reshape is told, as a constant or by nodes that compute it from constants. */
function targetOf(
  model: OnnxModel,
  {
    shape,
    made,
  }: { readonly shape: string | undefined; readonly made: readonly Dim[] | undefined },
): readonly number[] | undefined {
  const known = shape === undefined ? undefined : constantsOf(model).elements(model.graph, shape);
  if (known !== undefined) return known;
  const sizes = made?.filter((dim) => typeof dim === "number");
  return sizes?.length === made?.length ? sizes : undefined;
}
