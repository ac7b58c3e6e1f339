import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo, type NodeOptions } from "@dropoutkit/onnx/graph";
import { floats, weightsOf } from "../gradients/caseModels.js";
import { valuesIn } from "../gradients/cases.js";
import type { Feed } from "../runtime/runModel.js";

/** A tensor of a network, none of whose entries is larger than `bound`. */
export interface Value {
  readonly name: string;
  readonly dims: readonly number[];
  readonly bound: number;
}

/** What is known of a tensor that a node is to write. */
export type Made = Omit<Value, "name">;

export interface DraftOptions {
  readonly opset: number;
  readonly type: "float32" | "float64";
  /** Whether the model names the sizes of its first input, so that only the run tells them. */
  readonly named: boolean;
}

/** Past it derivatives of sines and exponentials grow, and differences say less. */
const LARGEST = 4;

/** A network that is being written, node by node. */
export class Draft {
  readonly builder: GraphBuilder = new GraphBuilder();
  readonly opset: number;
  readonly type: DraftOptions["type"];
  readonly #named: boolean;
  readonly #values: Value[] = [];
  readonly #inputs: Value[] = [];
  readonly #read = new Set<string>();

  constructor({ opset, type, named }: DraftOptions) {
    this.opset = opset;
    this.type = type;
    this.#named = named;
  }

  /** What gradients are wanted by. */
  get inputs(): readonly Value[] {
    return this.#inputs;
  }

  /** A new tensor that is fed, with entries in (-1, 1); later nodes may read it again. */
  input(dims: readonly number[]): Value {
    const value = { name: `x${this.#inputs.length}`, dims, bound: 1 };
    this.#inputs.push(value);
    this.#values.push(value);
    return value;
  }

  /** One of the latest tensors. */
  recent(choice: number): Value {
    const { length } = this.#values;
    return this.#values[length - 1 - (choice % Math.min(length, 4))];
  }

  /** Any tensor that fits; a new input where none does. */
  partner(
    choice: number,
    dims: readonly number[],
    fits: (dims: readonly number[]) => boolean,
  ): Value {
    const found = this.#values.filter((value) => fits(value.dims));
    return choice % 4 > 0 && found.length > 0 ? found[choice % found.length] : this.input(dims);
  }

  /** An input after the first, whose sizes the model always tells; it may be tied. */
  weight(choice: number, dims: readonly number[]): Value {
    const found = this.#inputs.slice(1).filter((value) => `${value.dims}` === `${dims}`);
    return choice % 4 > 0 && found.length > 0 ? found[choice % found.length] : this.input(dims);
  }

  /** The names of tensors that a node reads. */
  read(...values: readonly Value[]): string[] {
    for (const { name } of values) this.#read.add(name);
    return values.map(({ name }) => name);
  }

  /** A node that reads tensors, and then constants. */
  op(
    opType: string,
    values: readonly Value[],
    {
      dims,
      bound,
      attributes,
      constants = [],
    }: Made & {
      readonly attributes?: NodeOptions["attributes"];
      readonly constants?: readonly string[];
    },
  ): Value {
    const names = [...this.read(...values), ...constants];
    return this.add(this.builder.op(opType, names, { attributes }), { dims, bound });
  }

  /** A tensor that a node has written; a large one is squashed. */
  add(name: string, made: Made): Value {
    const isLarge = made.bound > LARGEST;
    const value = isLarge
      ? { ...made, name: this.builder.op("Tanh", [name]), bound: 1 }
      : { ...made, name };
    this.#values.push(value);
    return value;
  }

  constant(dims: readonly number[], values: readonly number[]): string {
    const { builder, type } = this;
    const name = builder.uniqueName("constant");
    return builder.constant(
      type === "float32"
        ? makeTensor({ name, type, dims, data: Float32Array.from(values) })
        : makeTensor({ name, type, dims, data: Float64Array.from(values) }),
    );
  }

  /** `loss`: the sum of all that no node reads, each entry with a weight. */
  model(): OnnxModel {
    const { builder, type } = this;
    const unread = this.#values.filter(({ name }) => !this.#read.has(name));
    const sums = unread.map((value, place) => {
      const weights = this.constant(value.dims, weightsOf(place, value.dims));
      const product = builder.op("Mul", [value.name, weights]);
      return builder.op("ReduceSum", [product], { attributes: { keepdims: 0 } });
    });
    builder.op("Sum", sums, { outputs: ["loss"] });
    return builder.model({
      name: "network",
      inputs: [
        makeValueInfo("flag", { type: "bool", dims: [] }),
        ...this.#inputs.map(({ name, dims }, i) => {
          const isNamed = this.#named && i === 0;
          const sizes = isNamed ? dims.map((size) => `n${size}`) : dims;
          return makeValueInfo(name, { type, dims: sizes });
        }),
      ],
      outputs: [makeValueInfo("loss", { type, dims: [] })],
      opset: this.opset,
    });
  }

  feeds(seed: number): Record<string, Feed> {
    const flag: Feed = { type: "bool", data: Uint8Array.of(seed % 2), dims: [] };
    const entries = this.#inputs.map(({ name, dims }, i) => {
      const values = valuesIn(seed + i, dims, { from: -1, to: 1 });
      return [name, floats(this.type, { dims, values })] as const;
    });
    return { flag, ...Object.fromEntries(entries) };
  }
}
