import type { OnnxModel } from "@dropoutkit/onnx";
import { encodeModel } from "@dropoutkit/onnx";
import type { TensorType } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import type { Tensor } from "../../src/index.js";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

/** A tensor to feed; `maskFeeds` returns such, too. */
export interface Feed {
  readonly type: TensorType;
  readonly data:
    | Float32Array
    | Float64Array
    | Int32Array
    | BigInt64Array
    | Uint8Array
    | Uint32Array;
  readonly dims: readonly number[];
}

/** A session of a model: feeds go in, outputs come out by their names. */
export async function openModel(
  model: OnnxModel,
): Promise<(feeds: Readonly<Record<string, Feed>>) => Promise<Record<string, ort.Tensor>>> {
  const session = await ort.InferenceSession.create(encodeModel(model), {
    executionProviders: ["wasm"],
  });
  return async (feeds) => {
    const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => [
      name,
      new ort.Tensor(type, data, dims),
    ]);
    return { ...(await session.run(Object.fromEntries(tensors))) };
  };
}

export const float32 = (dims: readonly number[], data: Iterable<number>): ort.Tensor =>
  new ort.Tensor("float32", Float32Array.from(data), dims);

export const int64 = (data: readonly number[]): ort.Tensor =>
  new ort.Tensor("int64", BigInt64Array.from(data, BigInt), [data.length]);

/** A tensor's elements, float64 ones too, as plain numbers. */
export const numbersOf = ({ data }: Pick<Tensor, "data">): number[] =>
  Array.from<unknown, number>(data, Number);
