import { copyModel } from "../model/copyModel.js";
import { isGenerator } from "../model/isGenerator.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { GraphProto, NodeProto } from "../model/schema.js";
import { nestedGraphs } from "../scopes/walkGraphs.js";
import { Inference } from "../shapes/Inference.js";
import { isConstant, sparseTensorOf } from "./constantTensor.js";
import { constantTensors } from "./constantTensors.js";
import { elementsOf } from "./elementsOf.js";
import { isReplaceable } from "./isReplaceable.js";
import { sparseElements } from "./sparseElements.js";

/** What is constant in a model's graphs. A nested graph sees the tensors of those around it. */
export interface Constants {
  /**
   * The elements of a tensor that is the same in every run: an initializer that no caller can replace, what a
   * `Constant` node holds, or a short list or scalar that follows from these and from known sizes. Undefined for
   * others, and where the elements are not in the file, or no numbers.
   */
  elements(graph: GraphProto, tensor: string): readonly number[] | undefined;
  /**
   * Whether a tensor is a weight or made of weights alone: nothing that a run must be given has part in it, and no
   * generator. An initializer that a caller may replace counts.
   */
  isConstant(graph: GraphProto, tensor: string): boolean;
}

/** One graph of the model. */
interface Room {
  readonly outer: Room | undefined;
  readonly graph: GraphProto;
  /** All tensors that are inputs of the graph or made in it. */
  readonly own: ReadonlySet<string>;
  readonly written: ReadonlyMap<string, () => readonly number[] | undefined>;
  readonly constants: ReadonlySet<string>;
}

/** The constants of a model as it is now; it may be changed afterwards. */
export function constantsOf(model: OnnxModel): Constants {
  // Nodes may go from the lists of the model's own graph before the elements are asked for.
  const fixed = copyModel(model);
  const rooms = new Map<GraphProto, Room>();
  enter(model, fixed.graph, { outer: undefined, rooms });
  const main = rooms.get(fixed.graph);
  if (main !== undefined) rooms.set(model.graph, main);
  let inferred: Inference["values"] | undefined;
  const roomOf = (graph: GraphProto, tensor: string): Room | undefined => {
    let room = rooms.get(graph);
    while (room !== undefined && !room.own.has(tensor)) room = room.outer;
    return room;
  };
  return {
    elements(graph, tensor) {
      const room = roomOf(graph, tensor);
      if (room === undefined) return undefined;
      const written = room.written.get(tensor);
      if (written !== undefined) return written();
      inferred ??= new Inference(fixed).values;
      return inferred.get(room.graph)?.get(tensor);
    },
    isConstant: (graph, tensor) => roomOf(graph, tensor)?.constants.has(tensor) ?? false,
  };
}

interface EnterOptions {
  readonly outer: Room | undefined;
  readonly rooms: Map<GraphProto, Room>;
}

function enter(model: OnnxModel, graph: GraphProto, { outer, rooms }: EnterOptions): void {
  const isOpen = isReplaceable(model, graph);
  const written = new Map<string, () => readonly number[] | undefined>();
  const constants = new Set<string>();
  for (const tensor of constantTensors(graph)) {
    constants.add(tensor.name);
    if (!isOpen(tensor.name)) written.set(tensor.name, () => elementsOf(tensor));
  }
  for (const sparse of graph.sparseInitializer) {
    const name = sparse.values?.name ?? "";
    constants.add(name);
    if (!isOpen(name)) written.set(name, () => sparseElements(sparse));
  }
  for (const node of graph.node) {
    const sparse = sparseTensorOf(node);
    if (sparse !== undefined) written.set(node.output[0], () => sparseElements(sparse));
  }
  const own = new Set([
    ...constants,
    ...graph.input.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
  ]);
  own.delete("");
  const room: Room = { outer, graph, own, written, constants };
  rooms.set(graph, room);
  const isKnown = (name: string): boolean => {
    let at: Room | undefined = room;
    while (at !== undefined && !at.own.has(name)) at = at.outer;
    return at?.constants.has(name) ?? false;
  };
  for (const node of graph.node) {
    if (isMadeOf(node, isKnown)) for (const name of node.output) constants.add(name);
    for (const { graph: inner } of nestedGraphs(node)) enter(model, inner, { outer: room, rooms });
  }
}

/** Whether a node makes what it makes of constants alone. One that runs graphs reads more than its inputs. */
function isMadeOf(node: NodeProto, isKnown: (tensor: string) => boolean): boolean {
  if (isConstant(node)) return true;
  const read = node.input.filter((name) => name !== "");
  const isPlain = !isGenerator(node) && nestedGraphs(node).length === 0;
  return isPlain && read.length > 0 && read.every(isKnown);
}
