import {
  makeValueInfo,
  nearMisses,
  type OnnxModel,
  sitesOf,
  type TensorProto,
  tensorData,
  tensorTypeOf,
} from "@dropoutkit/onnx";
import { runningStatisticsOf } from "./batchNorm/trainBatchNorms.js";
import { ancestors } from "./reachability.js";

/** A weight that is trained. */
export interface Parameter {
  readonly name: string;
  readonly dims: readonly number[];
  readonly start: Float32Array;
}

/**
 * The weights that a loss depends on: initializers of floats with at least one axis, without the
 * constants of dropout sites and running statistics. `names` picks some of them.
 * @throws {Error} If a name is no initializer, the loss does not depend on it, or nothing is left.
 * @throws {TypeError} If a named initializer does not hold float32.
 */
export function parametersOf(
  model: OnnxModel,
  { loss, names }: { readonly loss: string; readonly names?: readonly string[] },
): Parameter[] {
  const reached = ancestors(model.graph.node, loss);
  const { initializer } = model.graph;
  const statistics = runningStatisticsOf(model);
  const chosen =
    names === undefined
      ? initializer.filter(
          (tensor) =>
            reached.has(tensor.name) && !statistics.has(tensor.name) && isWeight(model, tensor),
        )
      : names.map((name) => namedWeight(initializer, { name, loss, reached }));
  if (chosen.length === 0) {
    throw new Error(`Trainer: model must have float32 weights that ${loss} depends on, got none`);
  }
  return chosen.map((tensor) => {
    const { type, data } = tensorData(tensor);
    if (type !== "float32") {
      throw new TypeError(`Trainer: parameter ${tensor.name} must hold float32, got ${type}`);
    }
    return { name: tensor.name, dims: tensor.dims.map(Number), start: data };
  });
}

function isWeight(model: OnnxModel, { name, dims, dataType }: TensorProto): boolean {
  const isNoise = sitesOf(model).some(({ site }) => name.startsWith(`${site}/`));
  return tensorTypeOf(dataType) === "float32" && dims.length > 0 && !isNoise;
}

interface NamedWeight {
  readonly name: string;
  readonly loss: string;
  readonly reached: ReadonlySet<string>;
}

function namedWeight(
  initializer: readonly TensorProto[],
  { name, loss, reached }: NamedWeight,
): TensorProto {
  const found = initializer.find((tensor) => tensor.name === name);
  if (found === undefined) {
    const names = initializer.map((tensor) => tensor.name);
    throw new Error(
      `Trainer: trainable must name weights of the model, got ${name}${nearMisses(name, names)}`,
    );
  }
  if (!reached.has(name)) {
    throw new Error(
      `Trainer: loss ${loss} must depend on parameter ${name}, got no path between them`,
    );
  }
  return found;
}

/** The model with some weights as inputs of their names, in place: a session then takes their values at each run. */
export function weightsToInputs({ graph }: OnnxModel, parameters: readonly Parameter[]): void {
  const names = new Set(parameters.map(({ name }) => name));
  graph.initializer = graph.initializer.filter(({ name }) => !names.has(name));
  const declared = new Set(graph.input.map(({ name }) => name));
  for (const { name, dims } of parameters) {
    if (!declared.has(name)) graph.input.push(makeValueInfo(name, { type: "float32", dims }));
  }
}
