import { type FieldPlan, type Shape, sizeOf } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import type { Device, SelectTask } from "../Device.js";
import { uploadDevice } from "../uploadDevice.js";

/** What programs read and are not compiled for: words of 32 bits, or float32s. */
export interface Uniforms {
  /** The generator's key, the field's first block, the step. */
  readonly words?: readonly number[];
  readonly threshold?: readonly number[];
  /** Floats: scale, shift, dropped. */
  readonly formula?: readonly number[];
}

/** What the programs of a GPU backend compute. */
export interface Gpu extends Pick<Device, "readsAtOnce"> {
  /** Whether tfjs shows how to run a program. */
  isAble(): boolean;
  /** The entries that a plan draws, `[entries]`: bool of Bernoulli draws, else float32. */
  draw(plan: FieldPlan): tf.Tensor;
  /** Of a mask `[outer, length, inner]`, the grown one, of `shape`: dropped entries drop those behind them, `edge` in all. */
  grow(mask: tf.Tensor, shape: number[], edge: number): tf.Tensor;
  /** Selects by the field of x's shape; x has a rank of at least 2. */
  selectDrawn(x: tf.Tensor, task: SelectTask): tf.Tensor;
  /** Selects by a mask of x's rank, at least 2, that broadcasts to x. */
  selectMasked(x: tf.Tensor, mask: tf.Tensor, task: SelectTask): tf.Tensor;
}

/** Noise by programs where the tensors are: a few words go there, and nothing comes back. Else an upload. */
export function gpuDevice(gpu: Gpu): Device {
  return {
    readsAtOnce: gpu.readsAtOnce,
    draw: (plan) => (gpu.isAble() ? tf.tidy(() => drawGrown(gpu, plan)) : uploadDevice.draw(plan)),
    select(x, task) {
      if (!gpu.isAble()) return uploadDevice.select(x, task);
      const { plan } = task;
      const asMatrix = (tensor: tf.Tensor, shape: Shape): tf.Tensor =>
        tf.reshape(tensor, [...[1, 1].slice(shape.length), ...shape]);
      return tf.tidy(() => {
        const values = asMatrix(x, x.shape);
        const y =
          sizeOf(plan.shape) === x.size
            ? gpu.selectDrawn(values, task)
            : gpu.selectMasked(values, asMatrix(gpu.draw(plan), plan.shape), task);
        return tf.reshape(y, x.shape);
      });
    },
  };
}

function drawGrown(gpu: Gpu, plan: FieldPlan): tf.Tensor {
  const shape = [...plan.drawn];
  const { size = 1, axes: [from, to] = [0, -1] } = plan.grow ?? {};
  let entries = gpu.draw(plan);
  for (let axis = from; axis <= to && size > 1; axis++) {
    const [outer, inner] = [shape.slice(0, axis), shape.slice(axis + 1)].map(sizeOf);
    const seeds = tf.reshape(entries, [outer, shape[axis], inner]);
    shape[axis] += size - 1;
    entries = gpu.grow(seeds, [outer, shape[axis], inner], size);
  }
  return tf.reshape(entries, shape);
}

/** What the programs that draw read. */
export function drawUniforms({ key, firstBlock, threshold }: FieldPlan): Uniforms {
  return { words: [key.key0, key.key1, firstBlock, key.step], threshold: [threshold] };
}

/** What the programs that select read. */
export function selectUniforms({ scale, shift, dropped }: SelectTask): Uniforms {
  return { formula: [scale, shift, dropped] };
}

/** Draws that a block has. */
export function drawsPerBlock(draw: FieldPlan["draw"]): number {
  return draw === "bernoulli" ? 4 : 2;
}

/** Blocks, in whole tiles of 64, that the entries of a plan read. */
export function blocksOf({ draw, drawn }: FieldPlan): number {
  return 64 * Math.ceil(sizeOf(drawn) / (64 * drawsPerBlock(draw)));
}
