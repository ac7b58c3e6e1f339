import { create } from "@bufbuild/protobuf";
import { type AttributeValue, makeAttribute } from "../model/attribute.js";
import { int64 } from "../model/int64.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import {
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from "../model/schema.js";
import { makeTensor } from "../model/tensor.js";
import type { TensorArrays, TensorType } from "../model/tensorType.js";

/** How a node is written, beside its type and inputs. */
export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Name of the node; without one it is made from the scope and the operator. */
  readonly name?: string;
  /** Names of its outputs, `""` for one that is not wanted; without them one output is named after the node. */
  readonly outputs?: readonly string[];
}

const scalarArrays: {
  readonly [T in TensorType]: (value: number | bigint) => TensorArrays[T];
} = {
  float32: (value) => Float32Array.of(Number(value)),
  float64: (value) => Float64Array.of(Number(value)),
  int32: (value) => Int32Array.of(Number(value)),
  int64: (value) => BigInt64Array.of(int64("GraphBuilder", value)),
  uint8: (value) => Uint8Array.of(Number(value)),
  uint32: (value) => Uint32Array.of(Number(value)),
  bool: (value) => Uint8Array.of(Number(value)),
};

/** Collects nodes and constants under names that no other part of a graph has. */
export class GraphBuilder {
  readonly #scope: string;
  /** The names that are taken, each with the number that the next one made of it tries. */
  #taken: Map<string, number>;
  #nodes: NodeProto[] = [];
  #initializers: TensorProto[] = [];
  #constants = new Map<string, string>();

  /**
   * @param scope First part of the names that are made up: `<scope>/<what>`; may be empty.
   * @param graph The graph that the nodes will join.
   */
  constructor(scope = "", graph?: GraphProto) {
    this.#scope = scope === "" ? "" : `${scope}/`;
    this.#taken = new Map();
    for (const name of graph === undefined ? [] : namesOf(graph)) this.#take(name);
  }

  get nodes(): NodeProto[] {
    return this.#nodes;
  }

  get initializers(): TensorProto[] {
    return this.#initializers;
  }

  /** A builder for another place of the same graph: its names are in another scope, its nodes and constants its own. */
  beside(scope: string): GraphBuilder {
    const other = new GraphBuilder(scope);
    other.#taken = this.#taken;
    return other;
  }

  /** A builder for the same graph whose names are in another scope. */
  within(scope: string): GraphBuilder {
    const other = this.nested(scope);
    other.#nodes = this.#nodes;
    return other;
  }

  /** A builder for a graph inside this one: its nodes see this one's values, and its constants are this one's. */
  nested(scope: string): GraphBuilder {
    const inner = new GraphBuilder(scope);
    inner.#taken = this.#taken;
    inner.#initializers = this.#initializers;
    inner.#constants = this.#constants;
    return inner;
  }

  /** `<scope>/<hint>`, with a number where that is taken. */
  uniqueName(hint: string): string {
    const base = this.#scope + hint;
    let count = this.#taken.get(base);
    if (count === undefined) return this.#take(base);
    while (this.#taken.has(`${base}_${count}`)) count++;
    this.#taken.set(base, count + 1);
    return this.#take(`${base}_${count}`);
  }

  #take(name: string): string {
    if (!this.#taken.has(name)) this.#taken.set(name, 2);
    return name;
  }

  /** Adds a node and returns its first output's name. */
  op(opType: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.ops(opType, inputs, options)[0];
  }

  /** Adds a node and returns its outputs' names. */
  ops(opType: string, inputs: readonly string[], options: NodeOptions = {}): readonly string[] {
    for (const input of inputs) this.#take(input);
    const name = options.name ?? this.uniqueName(opType);
    const outputs = options.outputs ?? [name];
    for (const output of outputs) this.#take(output);
    const attribute = Object.entries(options.attributes ?? {}).map(([key, value]) =>
      makeAttribute(key, value),
    );
    this.#nodes.push(
      create(NodeProtoSchema, {
        name,
        opType,
        input: [...inputs],
        output: [...outputs],
        attribute,
      }),
    );
    return outputs;
  }

  /** Adds a constant under its own name. */
  constant(tensor: TensorProto): string {
    this.#take(tensor.name);
    this.#initializers.push(tensor);
    return tensor.name;
  }

  /** The name of a scalar constant; equal scalars are one constant. */
  scalar(type: TensorType, value: number | bigint): string {
    return this.#shared(`${type}_${value}`, (name) =>
      makeTensor({ name, type, dims: [], data: scalarArrays[type](value) }),
    );
  }

  /** The name of a constant list of integers, as shapes and axes are given; equal lists are one constant. */
  ints(values: readonly (number | bigint)[]): string {
    return this.#shared(`int64_[${values.join(",")}]`, (name) =>
      makeTensor({
        name,
        type: "int64",
        dims: [values.length],
        data: BigInt64Array.from(values, (value) => int64("GraphBuilder", value)),
      }),
    );
  }

  #shared(key: string, make: (name: string) => TensorProto): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.constant(make(this.uniqueName(key)));
    this.#constants.set(key, name);
    return name;
  }

  /**
   * Puts what was collected into a model, in place: the nodes into one of its graphs, and the constants that they read
   * into its main graph.
   */
  addTo(model: OnnxModel, { graph = model.graph, at, nodes = this.#nodes }: AddOptions = {}): void {
    const place = at ?? graph.node.length;
    graph.node = [...graph.node.slice(0, place), ...nodes, ...graph.node.slice(place)];
    this.addConstantsTo(model);
  }

  /** Puts the constants alone into a model's main graph, in place, as its IR version wants them. */
  addConstantsTo({ irVersion, graph }: OnnxModel): void {
    // Until IR version 4 an initializer had to be the default of an input, which a caller may replace.
    if (irVersion < 4n) graph.node = [...this.#initializers.map(constantNode), ...graph.node];
    else graph.initializer.push(...this.#initializers);
  }

  /** A graph of the nodes that were collected, such as a loop's body; constants are the main graph's. */
  graph({ name, inputs, outputs }: GraphOptions): GraphProto {
    return create(GraphProtoSchema, {
      name,
      node: this.#nodes,
      input: [...inputs],
      output: [...outputs],
    });
  }

  /** A model of what was collected, for graphs that are built from nothing. */
  model({ opset, ...options }: ModelOptions): OnnxModel {
    const graph = Object.assign(this.graph(options), { initializer: this.#initializers });
    const model = create(ModelProtoSchema, {
      // The IR version of ONNX 1.13, which brought opset 18; runtimes of 2023 and later read it.
      irVersion: 8n,
      producerName: "dropoutkit",
      opsetImport: [{ domain: "", version: BigInt(opset) }],
      graph,
    });
    return Object.assign(model, { graph });
  }
}

/** Where nodes go in a model. */
export interface AddOptions {
  /** The graph of the model that the nodes go into. Default: the main graph. */
  readonly graph?: GraphProto;
  /** Before which of the graph's nodes. Default: behind all. */
  readonly at?: number;
  /** What became of the builder's nodes. Default: they themselves. */
  readonly nodes?: readonly NodeProto[];
}

const constantNode = (tensor: TensorProto): NodeProto =>
  create(NodeProtoSchema, {
    name: tensor.name,
    opType: "Constant",
    output: [tensor.name],
    attribute: [makeAttribute("value", tensor)],
  });

/** A graph's name, its inputs and its outputs. */
export interface GraphOptions {
  readonly name: string;
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
}

/** A new model's graph, and its version of the standard operators. */
export interface ModelOptions extends GraphOptions {
  readonly opset: number;
}

/** All names of values and nodes of a graph and of the graphs in it, which see its values. */
function namesOf(graph: GraphProto, names: Set<string> = new Set()): Set<string> {
  for (const { name } of [...graph.input, ...graph.output, ...graph.initializer]) names.add(name);
  for (const { name, input, output, attribute } of graph.node) {
    for (const value of [name, ...input, ...output]) names.add(value);
    for (const { g, graphs } of attribute) {
      for (const inner of g === undefined ? graphs : [g, ...graphs]) namesOf(inner, names);
    }
  }
  return names;
}
