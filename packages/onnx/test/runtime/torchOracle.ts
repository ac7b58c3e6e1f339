import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeModel, type OnnxModel } from "../../src/index.js";
import { type Feed, float32 } from "./runModel.js";

const folder = process.env.DROPOUTKIT_DATA
  ? join(process.env.DROPOUTKIT_DATA, "torch-oracle")
  : undefined;

/** Whether PyTorch's exports are there. */
export const hasOracle: boolean = folder !== undefined && existsSync(folder);

/** The exported models, and which of their files has batch normalisation of inference. */
export const oracleModels = [
  ["mlp", "model"],
  ["cnn_plain", "model"],
  ["lstm_tokens", "model"],
  ["transformer", "model"],
  ["resnet_bn", "model_bneval"],
] as const;

interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly offset: number;
  readonly bytes: number;
}

/** A model that PyTorch exported, the Dropout nodes in it, and what PyTorch computed. */
export class TorchOracle {
  readonly model: OnnxModel;
  readonly dropoutNodes: readonly {
    readonly name: string;
    readonly output: string;
    readonly ratio: number;
  }[];
  readonly #tensors: readonly Stored[];
  readonly #bytes: Buffer;

  constructor(name: string, file: string) {
    const path = join(folder ?? "", name);
    const { meta, tensors } = JSON.parse(readFileSync(join(path, "oracle.json"), "utf8"));
    this.dropoutNodes = meta.dropout_nodes;
    this.#tensors = tensors;
    this.#bytes = readFileSync(join(path, "oracle.bin"));
    this.model = decodeModel(readFileSync(join(path, `${file}.onnx`)));
  }

  floats(name: string): Float32Array {
    return new Float32Array(this.#stored(name).buffer);
  }

  doubles(name: string): Float64Array {
    return new Float64Array(this.#stored(name).buffer);
  }

  /** What the model is given. */
  input(): Record<string, Feed> {
    const { dtype, shape: dims, buffer } = this.#stored("inputs/input");
    const feed: Feed =
      dtype === "int64"
        ? { type: "int64", data: new BigInt64Array(buffer), dims }
        : float32(dims, new Float32Array(buffer));
    return { [this.model.graph.input[0].name]: feed };
  }

  /** The mask of the k-th Dropout node. */
  mask(k: number): Feed {
    const { shape: dims, buffer } = this.#stored(`mask/${k}`);
    return { type: "bool", data: new Uint8Array(buffer), dims };
  }

  #stored(name: string): Stored & { readonly buffer: ArrayBuffer } {
    const found = this.#tensors.find((entry) => entry.name === name);
    if (found === undefined) throw new Error(`oracle: tensor must exist, got ${name}`);
    const { offset, bytes } = found;
    return {
      ...found,
      buffer: new Uint8Array(this.#bytes.subarray(offset, offset + bytes)).buffer,
    };
  }
}
