import type { GraphBuilder } from "@dropoutkit/onnx/graph";
import { addUp } from "../backward/addUp.js";

/** The gradients with respect to tensors: a part for each place that reads a tensor, added up where the sum is asked for. */
export class GradientSums {
  readonly #builder: Pick<GraphBuilder, "op">;
  readonly #parts = new Map<string, readonly string[]>();

  constructor(builder: Pick<GraphBuilder, "op">) {
    this.#builder = builder;
  }

  add(tensor: string, gradient: string): void {
    this.#parts.set(tensor, [...(this.#parts.get(tensor) ?? []), gradient]);
  }

  /** The gradient with respect to a tensor, once all that reads it has added its part; undefined if nothing has. */
  of(tensor: string): string | undefined {
    const parts = this.#parts.get(tensor);
    if (parts === undefined) return undefined;
    const sum = addUp(this.#builder, parts);
    this.#parts.set(tensor, [sum]);
    return sum;
  }
}
