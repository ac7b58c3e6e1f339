import { isConstant } from "../constants/constantTensor.js";
import { isReplaceable } from "../constants/isReplaceable.js";
import { nodeName } from "../labels/nodeName.js";
import { graphAttribute } from "../model/attribute.js";
import { copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { isStandardDomain, opsetOf } from "../model/opsetOf.js";
import {
  type AttributeProto,
  DataType,
  type FunctionProto,
  type GraphProto,
  type NodeProto,
} from "../model/schema.js";
import { type TensorInfo, tensorInfoOf } from "../model/valueInfo.js";
import { numbersOf } from "./nodeFacts.js";
import { shapeRules } from "./rules/shapeRules.js";
import { type Facts, unknown } from "./ShapeRule.js";
import { declare, forget, lookUp, mergeFacts, type NamedFacts, note, type Scope } from "./scope.js";
import { constantFacts, sparseFacts, tensorFacts } from "./values.js";

/** Nested graphs are gone through again for each way into them; what that costs is bounded, for a crafted model. */
const MOST_REVISITS = 100_000;
const DEEPEST = 128;

/** One pass over a model, in the order of its nodes. */
export class Inference {
  readonly infos: Map<GraphProto, ReadonlyMap<string, TensorInfo>> = new Map();
  /** The elements of scalars and short lists, where all are known. */
  readonly values: Map<GraphProto, ReadonlyMap<string, readonly number[]>> = new Map();
  readonly #functions: ReadonlyMap<string, FunctionProto>;
  readonly #model: OnnxModel;
  readonly #visited = new Set<object>();
  #revisitsLeft = MOST_REVISITS;

  constructor(model: OnnxModel) {
    this.#functions = new Map(model.functions.map((item) => [keyOf(item.domain, item.name), item]));
    this.#model = model;
    const names = namedSizes(model.graph);
    const scope: Scope = { facts: new Map(), path: "", opset: opsetOf(model), depth: 0, names };
    this.#inferGraph(model.graph, scope, []);
  }

  /** Facts of a graph's outputs, by those that are known of its inputs from outside. */
  #inferGraph(graph: GraphProto, scope: Scope, inputs: readonly Facts[]): readonly Facts[] {
    for (const [i, value] of graph.input.entries()) {
      note(scope, value.name, mergeFacts(inputs[i] ?? unknown, declare(value, scope)));
    }
    const isOpen = isReplaceable(this.#model, graph);
    const start = (name: string, { dataType, dims, value }: Facts): void => {
      const given = isOpen(name) ? scope.facts.get(name) : undefined;
      note(scope, name, given ? { dataType, dims: given.dims ?? dims } : { dataType, dims, value });
    };
    for (const tensor of graph.initializer) start(tensor.name, tensorFacts(tensor));
    for (const tensor of graph.sparseInitializer) {
      if (tensor.values !== undefined) start(tensor.values.name, sparseFacts(tensor));
    }
    const declared = new Map(
      [...graph.output, ...graph.valueInfo].map((value) => [value.name, declare(value, scope)]),
    );
    // Readers may stand before what makes a tensor, or without it in a part of a graph.
    for (const [name, known] of declared) if (!scope.facts.has(name)) note(scope, name, known);
    this.#inferNodes(graph.node, scope, declared);
    this.infos.set(graph, new Map(infosOf(scope.facts)));
    this.values.set(graph, new Map(valuesOf(scope.facts)));
    return graph.output.map(({ name }) => lookUp(name, scope));
  }

  #inferNodes(
    nodes: readonly NodeProto[],
    scope: Scope,
    declared?: ReadonlyMap<string, Facts>,
  ): void {
    for (const node of nodes) {
      const outputs = this.#outputsOf(resolve(node, scope.attributes), scope);
      for (const [i, name] of node.output.entries()) {
        if (name === "") continue;
        const known = mergeFacts(outputs[i] ?? unknown, declared?.get(name) ?? unknown);
        note(scope, name, known);
      }
    }
  }

  #outputsOf(node: NodeProto, scope: Scope): readonly Facts[] {
    const inputs = node.input.map((name) => lookUp(name, scope));
    const isStandard = isStandardDomain(node.domain);
    const rule = isStandard ? shapeRules.get(node.opType) : undefined;
    const called = this.#functions.get(keyOf(node.domain, node.opType));
    if (called !== undefined) return this.#call(called, { node, inputs, scope });
    if (isConstant(node)) return [constantFacts(node)];
    const body = (attribute: string, given: readonly Facts[]): readonly Facts[] => {
      const graph = graphAttribute(node, attribute);
      if (graph === undefined || !this.#enters(graph, scope)) return [];
      const path = `${scope.path}${nodeName(node)}.${attribute}/`;
      const inner: Scope = {
        ...scope,
        facts: new Map(),
        outer: scope,
        path,
        depth: scope.depth + 1,
      };
      return this.#inferGraph(graph, inner, given).map((facts) => forget(facts, path));
    };
    return rule?.({ node, inputs, opset: scope.opset, body }) ?? [];
  }

  #call(called: FunctionProto, { node, inputs, scope }: Call): readonly Facts[] {
    if (!this.#enters(called, scope)) return [];
    const path = `${scope.path}${nodeName(node)}/`;
    const given = [...called.attributeProto, ...node.attribute];
    const inner: Scope = {
      facts: new Map(
        called.input.map((name, i) => [name, inputs[i] ?? { dataType: DataType.UNDEFINED }]),
      ),
      path,
      opset: opsetOf(called),
      depth: scope.depth + 1,
      names: scope.names,
      attributes: new Map(given.map((attribute) => [attribute.name, attribute])),
    };
    this.#inferNodes(called.node, inner);
    return called.output.map((name) => forget(lookUp(name, inner), path));
  }

  #enters(body: GraphProto | FunctionProto, { depth }: Scope): boolean {
    if (this.#visited.has(body)) this.#revisitsLeft -= body.node.length;
    this.#visited.add(body);
    return this.#revisitsLeft > 0 && depth < DEEPEST;
  }
}

interface Call {
  readonly node: NodeProto;
  readonly inputs: readonly NamedFacts[];
  readonly scope: Scope;
}

const keyOf = (domain: string, name: string): string =>
  `${isStandardDomain(domain) ? "" : domain}:${name}`;

const namedSizes = ({ input }: GraphProto): ReadonlySet<string> =>
  new Set(
    input.flatMap((value) =>
      (tensorInfoOf(value)?.dims ?? []).filter((dim) => typeof dim === "string"),
    ),
  );

/** The node with the attributes that it takes from the call of the function it stands in. */
function resolve(node: NodeProto, attributes: Scope["attributes"]): NodeProto {
  if (attributes === undefined || node.attribute.every(({ refAttrName }) => refAttrName === "")) {
    return node;
  }
  const attribute = node.attribute.flatMap((item): AttributeProto[] => {
    if (item.refAttrName === "") return [item];
    const given = attributes.get(item.refAttrName);
    return given === undefined ? [] : [copyMessage(given, { name: item.name })];
  });
  return copyMessage(node, { attribute });
}

function* infosOf(facts: Scope["facts"]): Generator<[string, TensorInfo]> {
  for (const [name, { dataType, dims }] of facts) {
    if (dataType === DataType.UNDEFINED || dims === undefined) continue;
    yield [name, { dataType, dims }];
  }
}

function* valuesOf(facts: Scope["facts"]): Generator<[string, readonly number[]]> {
  for (const [name, { value }] of facts) {
    const elements = numbersOf(value);
    if (elements !== undefined) yield [name, elements];
  }
}
