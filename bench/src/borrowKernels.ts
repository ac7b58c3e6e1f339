import * as tf from "@tensorflow/tfjs";

const FILTER_GRADIENT = "Conv2DBackpropFilter";

/** Lets tfjs train convolutions on wasm, where it lacks a kernel (tensorflow/tfjs#8474): the cpu backend's runs in its place. */
export function borrowKernels(): void {
  if (tf.getKernel(FILTER_GRADIENT, "wasm") !== undefined) return;
  const { kernelFunc } = tf.getKernel(FILTER_GRADIENT, "cpu");
  tf.registerKernel({
    kernelName: FILTER_GRADIENT,
    backendName: "wasm",
    kernelFunc({ inputs: { x, dy }, attrs }) {
      const [wasm, cpu] = ["wasm", "cpu"].map((name) => tf.engine().findBackend(name));
      const copy = (info: tf.TensorInfo, from: typeof cpu, to: typeof cpu): tf.TensorInfo => ({
        ...info,
        dataId: to.write(from.readSync(info.dataId), info.shape, info.dtype),
      });
      if (x === undefined || dy === undefined) {
        throw new TypeError(`${FILTER_GRADIENT}: inputs must be x and dy, got one of them`);
      }
      const moved = { x: copy(x, wasm, cpu), dy: copy(dy, wasm, cpu) };
      const [gradient] = [kernelFunc({ inputs: moved, attrs, backend: cpu })].flat();
      const result = copy(gradient, cpu, wasm);
      for (const { dataId } of [moved.x, moved.dy, gradient]) cpu.disposeData(dataId);
      return result;
    },
  });
}
