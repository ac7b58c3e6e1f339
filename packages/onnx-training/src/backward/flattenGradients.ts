import { nearMisses } from "@dropoutkit/onnx/graph";
import { sumOf } from "../graph/gradientSumModel.js";
import type { Feeds, Tensor } from "../runtime/runtime.js";
import { entriesOf, type FlatGroup, type FlatParameter } from "../state/FlatGroup.js";

/** Gradients with respect to the names of parameters, put into one array a group. */
export function flattenGradients(
  groups: readonly FlatGroup[],
  gradients: Feeds,
): Map<string, Float32Array> {
  const names = groups.flatMap(({ parameters }) => parameters.map(({ name }) => name));
  const unknown = Object.keys(gradients).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(
      `Trainer.apply: gradients must be of parameters, got ${unknown}${nearMisses(unknown, names)}`,
    );
  }
  return new Map(
    groups.map((group) => {
      const flat = new Float32Array(group.size);
      const entries = entriesOf(group, flat);
      for (const parameter of group.parameters) {
        entries.get(parameter.name)?.set(gradientOf(parameter, gradients[parameter.name]));
      }
      return [sumOf(group), flat];
    }),
  );
}

function gradientOf({ name, dims }: FlatParameter, gradient: Tensor | undefined): Float32Array {
  if (gradient === undefined) {
    throw new Error(
      `Trainer.apply: gradients must have one for each parameter, got none for ${name}`,
    );
  }
  const { data } = gradient;
  if (!(data instanceof Float32Array)) {
    throw new TypeError(
      `Trainer.apply: gradient of ${name} must hold float32, got ${gradient.type}`,
    );
  }
  if (gradient.dims.join() !== dims.join()) {
    throw new RangeError(
      `Trainer.apply: gradient of ${name} must have shape [${dims.join(", ")}], got [${gradient.dims.join(", ")}]`,
    );
  }
  const at = data.findIndex((entry) => !Number.isFinite(entry));
  if (at >= 0) {
    throw new RangeError(
      `Trainer.apply: gradient of ${name} must be finite, got ${data[at]} at index ${at}`,
    );
  }
  return data;
}
