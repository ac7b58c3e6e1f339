import type { TensorType } from "@dropoutkit/onnx/graph";
import type { SessionOptions } from "./SessionOptions.js";

/*
 * What is used of an onnxruntime, in words of our own: the types of its versions refuse one another, and its package of
 * types, were it a peer, would come a second time beside every runtime but one.
 */

/** A tensor of the runtime. */
export interface Tensor {
  readonly type: string;
  /** Where the values are: `cpu`, `gpu-buffer` and others. */
  readonly location: string;
  readonly dims: readonly number[];
  readonly size: number;
  /** A typed array, or a list of strings. */
  readonly data: ArrayLike<number | bigint | string>;
  getData(): Promise<Tensor["data"]>;
  dispose(): void;
}

/** The inputs of a run, or what it gives, by their names. */
export type Feeds<T extends Tensor = Tensor> = Readonly<Record<string, T>>;

/** A model that the runtime has opened. */
export interface Session<T extends Tensor = Tensor> {
  run(feeds: Feeds): Promise<Feeds<T>>;
  release(): Promise<void>;
}

/**
 * An onnxruntime whose tensors are `T`: `import * as ort from "onnxruntime-web"` (from 1.18 on),
 * `onnxruntime-web/wasm`, `onnxruntime-web/webgpu` or `onnxruntime-node`.
 */
export interface OrtLike<T extends Tensor = Tensor> {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: SessionOptions): Promise<Session<T>>;
  };
  readonly Tensor: new (
    type: TensorType,
    data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | Uint32Array,
    dims?: readonly number[],
  ) => T;
}
