import { ForeignMemory, type MemoryLike, selectField, sizeOf } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import type { Device } from "./Device.js";
import { hostDevice } from "./hostDevice.js";

/** As much of tfjs's wasm backend as is used; none of it is documented, so all of it is looked for. */
interface WasmBackend {
  readonly wasm: {
    _malloc(bytes: number): number;
    _free(address: number): void;
    readonly asm?: { readonly memory?: MemoryLike };
    readonly wasmMemory?: MemoryLike;
  };
  makeOutput(shape: number[], dtype: "float32"): tf.TensorInfo;
  readonly dataIdMap: { get(id: object): { readonly memoryOffset: number } };
}

/** Where core works in each backend's memory; undefined where it cannot. */
const memories = new WeakMap<WasmBackend, ForeignMemory | undefined>();

/** In place in the memory of tfjs's wasm backend; where that cannot be, core's kernels and an upload. */
export const wasmDevice: Device = {
  readsAtOnce: true,
  // A field is bytes, and a copy of them into the backend's memory is all that an upload is there.
  draw: (plan) => hostDevice.draw(plan),
  select(x, task) {
    const backend = tf.backend() as unknown as WasmBackend;
    const memory = memoryOf(backend);
    if (memory === undefined) return hostDevice.select(x, task);
    const { plan, ...formula } = task;
    const output = backend.makeOutput(x.shape, "float32");
    // Made after the output: taking memory for it may have grown the memory.
    const [from, to] = [x, output].map(({ dataId }) =>
      memory.float32(backend.dataIdMap.get(dataId).memoryOffset, sizeOf(x.shape)),
    );
    selectField(from, to, { ...plan, ...formula, shape: x.shape, fieldShape: plan.shape });
    return tf.engine().makeTensorFromTensorInfo(output);
  },
};

function memoryOf(backend: WasmBackend): ForeignMemory | undefined {
  if (!memories.has(backend)) memories.set(backend, openMemory(backend));
  return memories.get(backend);
}

/** The backend never gives its memory back, so neither is the scratch in it. */
function openMemory({ wasm, makeOutput, dataIdMap }: WasmBackend): ForeignMemory | undefined {
  const memory = wasm.asm?.memory ?? wasm.wasmMemory;
  if (!memory || !makeOutput || !dataIdMap) return undefined;
  const alignment = 16;
  const address = wasm._malloc(ForeignMemory.scratchBytes + alignment);
  const scratch = Math.ceil(address / alignment) * alignment;
  try {
    return new ForeignMemory({ memory, scratch });
  } catch {
    wasm._free(address);
    return undefined;
  }
}
