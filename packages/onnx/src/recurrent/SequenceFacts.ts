import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { unsqueeze } from "../emit/versionedOps.js";
import { DataType } from "../model/schema.js";
import { makeTensor } from "../model/tensor.js";
import type { RecurrentLayer } from "./RecurrentLayer.js";

/** Tensors that depend on a layer's sequences alone, the same for both directions. Each is written when it is first asked for. */
export class SequenceFacts {
  /** True where sequences have lengths of their own. */
  readonly hasLengths: boolean;
  readonly #builder: GraphBuilder;
  readonly #layer: RecurrentLayer;
  readonly #made = new Map<string, string>();

  constructor(builder: GraphBuilder, layer: RecurrentLayer) {
    this.hasLengths = layer.inputs.lengths !== "";
    this.#builder = builder;
    this.#layer = layer;
  }

  /** The sizes of a state, `[batch, hidden]`, as an int64 tensor. */
  stateShape(): string {
    return this.#once("stateShape", (builder) => {
      const hidden = builder.ints([this.#layer.hidden]);
      return builder.op("Concat", [this.#size(1), hidden], { attributes: { axis: 0 } });
    });
  }

  /** A state of zeros. */
  zeros(): string {
    const { type } = this.#layer;
    const data = { float32: Float32Array.of(0), float64: Float64Array.of(0) };
    const value = makeTensor({ name: "", type, dims: [1], data: data[type] });
    return this.#once("zeros", (builder) =>
      builder.op("ConstantOfShape", [this.stateShape()], { attributes: { value } }),
    );
  }

  /** Of lengths: boolean `[time, batch, 1]`, true where a timestep is within the example's. */
  active(): string {
    // Range would say it in one node, but came with opset 11.
    const value = makeTensor({ name: "", type: "int64", dims: [1], data: BigInt64Array.of(1n) });
    return this.#once("active", (builder) => {
      const ones = builder.op("ConstantOfShape", [this.#size(0)], { attributes: { value } });
      const shape = builder.ints([-1, 1, 1]);
      const steps = builder.op("Reshape", [builder.op("NonZero", [ones]), shape]);
      const counted = builder.op("Cast", [steps], { attributes: { to: DataType.INT32 } });
      return builder.op("Less", [counted, this.#lengths()]);
    });
  }

  /** Of lengths: boolean `[batch, 1]`, true where an example has a timestep at all. */
  some(): string {
    return this.#once("some", (builder) =>
      builder.op("Less", [builder.scalar("int32", 0), this.#lengths()]),
    );
  }

  /** `[batch, 1]`. */
  #lengths(): string {
    const { opset, inputs } = this.#layer;
    return this.#once("lengths", (builder) => unsqueeze({ builder, opset }, inputs.lengths, [1]));
  }

  /** The size of the input along an axis of `[time, batch, features]`, as a list of one. */
  #size(axis: 0 | 1): string {
    const { inputs, batchFirst } = this.#layer;
    const shape = this.#once("shape", (builder) => builder.op("Shape", [inputs.x]));
    return this.#builder.op("Gather", [shape, this.#builder.ints([batchFirst ? 1 - axis : axis])]);
  }

  #once(what: string, make: (builder: GraphBuilder) => string): string {
    const known = this.#made.get(what) ?? make(this.#builder);
    this.#made.set(what, known);
    return known;
  }
}
