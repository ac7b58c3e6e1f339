import * as tf from "@tensorflow/tfjs";

/** Kernels of a convolution's gradient that the wasm backend lacks (tensorflow/tfjs#8474). */
const MISSING = ["Conv2DBackpropFilter"];

let done = false;

/** Gives the wasm backend the cpu backend's kernels where it has none of its own. */
export function lendCpuKernels(): void {
  if (done) return;
  done = true;
  for (const name of MISSING) {
    const cpuKernel = tf.getKernel(name, "cpu");
    tf.registerKernel({
      kernelName: name,
      backendName: "wasm",
      kernelFunc: ({ inputs, attrs }) => {
        const cpu = tf.engine().findBackend("cpu");
        const wasm = tf.engine().findBackend("wasm");
        const moved = Object.entries(inputs).map(([key, info]) => {
          if (info === undefined) throw new Error(`${name}: inputs must have ${key}, got none`);
          return [key, moveInfo(info, { from: wasm, to: cpu })] as const;
        });
        const [result] = [
          cpuKernel.kernelFunc({ inputs: Object.fromEntries(moved), attrs, backend: cpu }),
        ].flat();
        const output = moveInfo(result, { from: cpu, to: wasm });
        for (const { dataId } of [...moved.map(([, info]) => info), result])
          cpu.disposeData(dataId);
        return output;
      },
    });
  }
}

type Backend = ReturnType<ReturnType<typeof tf.engine>["findBackend"]>;

function moveInfo(
  { dataId, shape, dtype }: tf.TensorInfo,
  { from, to }: { readonly from: Backend; readonly to: Backend },
): tf.TensorInfo {
  const values = from.readSync(dataId);
  return { dataId: to.write(values, shape, dtype), shape, dtype };
}
