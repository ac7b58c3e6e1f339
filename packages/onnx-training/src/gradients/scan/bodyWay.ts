import { type GraphBuilder, type NodeProto, nodeName, readsOf } from "@dropoutkit/onnx/graph";
import { dependentsInBody } from "../../backward/reachability.js";
import { nestedScope, type Scope } from "../../backward/Scope.js";
import { GradientSums } from "../../trainer/GradientSums.js";
import type { GradientContext } from "../GradientRule.js";
import type { ScanNode } from "./ScanNode.js";
import { type StackedProduct, stackedProducts } from "./stackedProducts.js";

/** A tensor and the gradient with respect to it, which has its shape. */
export interface Derived {
  readonly tensor: string;
  readonly gradient: string;
}

/** The way back through one iteration, in the names of the body. */
export interface BodyWay {
  readonly scope: Scope;
  readonly inner: GraphBuilder;
  /** The body's nodes; they may write more outputs than they did. */
  readonly nodes: readonly NodeProto[];
  /** The gradients that it starts from, with respect to what leaves an iteration as a state or as a slice of an output; each of that tensor's shape. */
  readonly given: ReadonlyMap<string, string>;
  /** The gradient with respect to a tensor of the body; undefined where no output of the node depends on it. */
  gradientOf(tensor: string): string | undefined;
  /** The tensors around the loop that gradients go to in every iteration. */
  readonly around: readonly Derived[];
  /** The products that gradients are summed of behind the loop, each with the gradient with respect to it. */
  readonly products: readonly (StackedProduct & Pick<Derived, "gradient">)[];
}

/** Writes the way back through one iteration of a Scan. */
export function bodyWay(context: GradientContext, scan: ScanNode): BodyWay {
  const { node, outputGradients, graphs } = context;
  const { body, states, outputs } = scan;
  const { scope: outer } = graphs;
  const active = dependentsInBody(body, {
    node,
    states: states.length,
    active: outer.active,
    infos: outer.infos.get(body) ?? new Map(),
  });
  const own = new Set([
    ...[...body.input, ...body.initializer].map(({ name }) => name),
    ...body.node.flatMap(({ output }) => output),
  ]);
  const inner = context.builder.nested(`grad/${nodeName(node)}`);
  const stacked: StackedProduct[] = [];
  const scope = nestedScope(outer, body, {
    ...{ builder: inner, active },
    wants: (item, input) => input !== 1 || !stacked.some((product) => product.node === item),
  });
  const isAround = (tensor: string): boolean => !own.has(tensor);
  const products = stackedProducts(body.node, { info: scope.info, isAround });
  stacked.push(...products.filter(({ weight }) => outer.active.has(weight)));
  const given = new Map<string, string>();
  const gradients = new GradientSums(inner);
  const start = (key: string, tensor: string): void => {
    const gradient = inner.uniqueName(`${tensor}.grad`);
    given.set(key, gradient);
    gradients.add(tensor, gradient);
  };
  states.forEach(({ before, after }, i) => {
    const isCarried = active.has(before) || outputGradients[i] !== undefined;
    if (active.has(after) && isCarried) start(before, after);
  });
  outputs.forEach(({ slice, whole }, k) => {
    const isGiven = outputGradients[states.length + k] !== undefined;
    if (active.has(slice) && isGiven) start(whole, slice);
  });
  const nodes = [...body.node];
  graphs.goBack(nodes, gradients, scope);
  const gradientOf = (tensor: string): string | undefined => gradients.of(tensor);
  const derive = (tensor: string): Derived[] => {
    const gradient = gradientOf(tensor);
    return gradient === undefined ? [] : [{ tensor, gradient }];
  };
  const read = new Set([...body.node.flatMap(readsOf), ...body.output.map(({ name }) => name)]);
  return {
    ...{ scope, inner, nodes, given, gradientOf },
    around: [...read]
      .filter((tensor) => isAround(tensor) && outer.active.has(tensor))
      .flatMap(derive),
    products: stacked.flatMap((product) =>
      derive(product.node.output[0]).map(({ gradient }) => ({ ...product, gradient })),
    ),
  };
}
