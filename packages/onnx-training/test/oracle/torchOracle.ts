import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeModel, type OnnxModel } from "@dropoutkit/onnx";
import type { Feed } from "../runtime/runModel.js";

/** A Dropout node of a model, in the order of the masks. */
export interface DropoutNode {
  readonly output: string;
  readonly ratio: number;
}

/** One of PyTorch's models with its losses and gradients. */
export interface TorchOracle {
  readonly dropouts: readonly DropoutNode[];
  /** The file of the model whose batch normalisation has fixed statistics. */
  readonly inferenceFile: string;
  model(file: string): OnnxModel;
  /** A stored tensor, to feed or to compare with. */
  tensor(name: string): Feed;
  /** The names behind a prefix such as `eval/grad/`. */
  names(prefix: string): string[];
}

const { DROPOUTKIT_DATA } = process.env;
const folder = DROPOUTKIT_DATA ? join(DROPOUTKIT_DATA, "torch-oracle") : "";

export const hasTorchOracle: boolean = folder !== "" && existsSync(folder);

const FIXED = "model_bneval.onnx";

interface Index {
  readonly meta: { readonly dropout_nodes: readonly DropoutNode[] };
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly offset: number;
    readonly bytes: number;
  }[];
}

export function torchOracle(name: string): TorchOracle {
  const index: Index = JSON.parse(readFileSync(join(folder, name, "oracle.json"), "utf8"));
  const bytes = readFileSync(join(folder, name, "oracle.bin"));
  return {
    dropouts: index.meta.dropout_nodes,
    inferenceFile: existsSync(join(folder, name, FIXED)) ? FIXED : "model.onnx",
    model: (file) => decodeModel(readFileSync(join(folder, name, file))),
    tensor(tensorName) {
      const found = index.tensors.find((tensor) => tensor.name === tensorName);
      if (found === undefined) throw new Error(`oracle: tensor must exist, got ${tensorName}`);
      const { dtype, shape: dims, offset, bytes: length } = found;
      const { buffer } = new Uint8Array(bytes.subarray(offset, offset + length));
      return feedOf(dtype, buffer, dims);
    },
    names: (prefix) =>
      index.tensors.flatMap((tensor) =>
        tensor.name.startsWith(prefix) ? [tensor.name.slice(prefix.length)] : [],
      ),
  };
}

function feedOf(dtype: string, buffer: ArrayBuffer, dims: readonly number[]): Feed {
  switch (dtype) {
    case "float32":
      return { type: "float32", data: new Float32Array(buffer), dims };
    case "float64":
      return { type: "float64", data: new Float64Array(buffer), dims };
    case "int64":
      return { type: "int64", data: new BigInt64Array(buffer), dims };
    case "uint8":
      return { type: "bool", data: new Uint8Array(buffer), dims };
    default:
      throw new Error(`oracle: tensor must hold numbers, got ${dtype}`);
  }
}
