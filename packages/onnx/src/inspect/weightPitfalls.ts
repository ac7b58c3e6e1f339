import { constantTensors } from "../constants/constantTensors.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { isStandardDomain } from "../model/opsetOf.js";
import { DataType, type NodeProto, type TensorProto } from "../model/schema.js";
import { isFloat } from "./isFloat.js";
import type { Pitfall } from "./Pitfall.js";

/** What an exporter did to weights that would train otherwise than in the network that it read. */
export function weightPitfalls({ graph }: OnnxModel): Pitfall[] {
  const weights = new Map(
    constantTensors(graph).flatMap((tensor) => (isFloat(tensor) ? [[tensor.name, tensor]] : [])),
  );
  return [...mergedWeights(graph.node, weights), ...untiedCopies(graph.node, weights)];
}

type Weights = ReadonlyMap<string, TensorProto>;

/** Parameters of equal values that are written once. */
function mergedWeights(nodes: readonly NodeProto[], weights: Weights): Pitfall[] {
  const merged = nodes.filter(
    ({ opType, domain, input }) =>
      opType === "Identity" && isStandardDomain(domain) && weights.has(input[0]),
  );
  if (merged.length === 0) return [];
  const names = merged.map(({ input, output }) => `${output[0]} with ${input[0]}`).join(", ");
  const message = `weights are merged, since they were equal when the model was exported: ${names}; untieWeights makes each one of its own`;
  return [{ code: "mergedWeights", sites: [], message }];
}

/** Tables of embeddings of which a product reads a transposed copy: a tied head whose Transpose was folded. */
function untiedCopies(nodes: readonly NodeProto[], weights: Weights): Pitfall[] {
  const read = (types: readonly string[], input: number): TensorProto[] =>
    nodes.flatMap((node) => {
      const tensor = types.includes(node.opType) ? weights.get(node.input[input]) : undefined;
      return tensor?.dims.length === 2 ? [tensor] : [];
    });
  const factors = read(["MatMul", "Gemm"], 1);
  return read(["Gather"], 0).flatMap((table): Pitfall[] => {
    const copy = factors.find((factor) => isTransposed(table, factor));
    if (copy === undefined) return [];
    const message = `weight ${copy.name} is the transpose of ${table.name}, as an exporter writes a tied weight; training moves them apart`;
    return [{ code: "untiedCopy", sites: [], message }];
  });
}

function isTransposed(a: TensorProto, b: TensorProto): boolean {
  const [rows, columns] = a.dims.map(Number);
  const isTurned = Number(b.dims[0]) === columns && Number(b.dims[1]) === rows;
  const [left, right] = isTurned && a.name !== b.name ? [floatsOf(a), floatsOf(b)] : [];
  if (left?.length !== rows * columns || right?.length !== left.length) return false;
  // Weights that were never set are equal for another reason.
  return (
    left.some((entry) => entry !== left[0]) &&
    left.every((entry, i) => entry === right[(i % columns) * rows + Math.floor(i / columns)])
  );
}

/** The entries of float32 that a tensor holds in raw bytes, as large ones do; a table may be as long as a dictionary. */
const floatsOf = ({ dataType, rawData }: TensorProto): Float32Array | undefined =>
  dataType === DataType.FLOAT && rawData.length % 4 === 0
    ? new Float32Array(new Uint8Array(rawData).buffer)
    : undefined;
