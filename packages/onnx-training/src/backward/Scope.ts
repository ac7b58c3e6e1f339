import type {
  Constants,
  GraphProto,
  NodeProto,
  TensorInfo,
  TensorInfos,
} from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../gradients/EmitContext.js";

/** What the nodes of one graph share on the way back. */
export interface Scope extends EmitContext {
  /** The tensors that change with those that gradients are wanted by. */
  readonly active: ReadonlySet<string>;
  /** What is known of the tensors of all graphs of the model. */
  readonly infos: ReadonlyMap<GraphProto, TensorInfos>;
  /** Type and sizes of a tensor that the graph sees; undefined where they are not known. */
  known(tensor: string): TensorInfo | undefined;
  /** The model's constants, without the tensors that gradients are wanted by. */
  readonly constants: Constants;
  /** The elements of a constant; undefined for a tensor that is known only when the model runs. */
  constant(tensor: string): readonly number[] | undefined;
  /** Whether the gradient with respect to an input of a node is wanted. */
  wants(node: NodeProto, input: number): boolean;
}

/** The scope of a graph inside of another one's, whose tensors it sees. */
export function nestedScope(
  outer: Scope,
  graph: GraphProto,
  own: Pick<Scope, "builder" | "active" | "wants">,
): Scope {
  const infos = outer.infos.get(graph);
  const known = (tensor: string): TensorInfo | undefined =>
    infos?.get(tensor) ?? outer.known(tensor);
  return {
    ...outer,
    ...own,
    known,
    info: (tensor) => known(tensor) ?? outer.info(tensor),
    constant: (tensor) => outer.constants.elements(graph, tensor),
  };
}
