import type { OnnxModel } from "@dropoutkit/onnx";
import {
  constantsOf,
  copyMessage,
  copyModel,
  type Dim,
  GraphBuilder,
  inferShapes,
  readsOf,
  sitesOf,
  tensorInfoOf,
  valueInfoOf,
} from "@dropoutkit/onnx/graph";
import { imageInputs } from "./modelSignature.js";

const BATCH = "batch";

/** The size of the batches that a model was exported for; undefined where it takes any. */
export function fixedBatch(model: OnnxModel): number | undefined {
  const [input] = imageInputs(model);
  const size = input && tensorInfoOf(input)?.dims[0];
  return typeof size === "number" ? size : undefined;
}

/**
 * A model that takes batches of any size, made of one for batches of `size`: exporters write the size of their
 * example into a model, at its inputs and outputs and in reshapes between them. Undefined where it needs that size
 * elsewhere too.
 */
export function nameBatch(model: OnnxModel, size: number): OnnxModel | undefined {
  const named = copyModel(model);
  const { graph } = named;
  const withBatch = (value: (typeof graph.input)[number]) => {
    const info = tensorInfoOf(value);
    if (info?.dims[0] !== size) return value;
    return valueInfoOf(value.name, { ...info, dims: [BATCH, ...info.dims.slice(1)] });
  };
  const images = new Set(imageInputs(model).map(({ name }) => name));
  // Noise that is fed; of one example it may as well be shared by the batch, as it is by a larger one.
  const noise = new Set(size > 1 ? sitesOf(model).map(({ field }) => field) : []);
  graph.input = graph.input.map((input) =>
    images.has(input.name) || noise.has(input.name) ? withBatch(input) : input,
  );
  const outputs = graph.output.map(withBatch);
  // What is declared of the sizes in between is of the old one: they are inferred anew.
  graph.output = [];
  graph.valueInfo = [];
  keepBatch(named, size);
  const infos = inferShapes(named);
  if (outputs.some(({ name }) => infos.get(name)?.dims[0] !== BATCH)) return undefined;
  graph.output = outputs;
  return named;
}

/** Makes reshapes of a batch to the fixed size keep the batch as it is. */
function keepBatch(model: OnnxModel, size: number): void {
  const { graph } = model;
  const builder = new GraphBuilder("", graph);
  const replaced = new Set<string>();
  graph.node.forEach((node, i) => {
    if (node.opType !== "Reshape") return;
    const [data, shape] = node.input;
    const infos = inferShapes(model);
    const target = targetOf(model, { shape, made: infos.get(node.output[0])?.dims });
    if (target?.[0] !== size || infos.get(data)?.dims[0] !== BATCH) return;
    // Where a shape says 0, a reshape keeps the size.
    const kept = builder.ints([0, ...target.slice(1)]);
    graph.node[i] = copyMessage(node, { input: [data, kept] });
    graph.initializer = [...new Set([...graph.initializer, ...builder.initializers])];
    replaced.add(shape);
  });
  const read = new Set(graph.node.flatMap(readsOf));
  graph.initializer = graph.initializer.filter(({ name }) => !replaced.has(name) || read.has(name));
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
