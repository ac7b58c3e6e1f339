import { type FieldPlan, sizeOf } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import type { Device, SelectTask } from "../Device.js";

/** Numbers that a program reads and is not compiled for. */
export interface Uniform {
  readonly name: string;
  readonly type: "uint32" | "float32";
  readonly data: readonly number[];
}

/** What the programs of a GPU backend compute. */
export interface Gpu {
  /** The entries that a plan draws, `[entries]`: bool of Bernoulli draws, else float32. */
  draw(plan: FieldPlan): tf.Tensor;
  /** Of a mask `[outer, length, inner]`: dropped entries drop those behind them, `edge` in all; `length` becomes `edge - 1` longer. */
  grow(mask: tf.Tensor, edge: number): tf.Tensor;
  /** As a device does; x has a rank of at least 2, and the plan's shape the same rank. */
  select(x: tf.Tensor, task: SelectTask): tf.Tensor;
}

/** Noise by programs where the tensors are: a few words go there, and nothing comes back. */
export function gpuDevice(gpu: Gpu): Pick<Device, "draw" | "select"> {
  return {
    draw: (plan) =>
      tf.tidy(() => {
        const shape = [...plan.drawn];
        const { size = 1, axes: [from, to] = [0, -1] } = plan.grow ?? {};
        let entries = gpu.draw(plan);
        for (let axis = from; axis <= to && size > 1; axis++) {
          const [outer, inner] = [shape.slice(0, axis), shape.slice(axis + 1)].map(sizeOf);
          entries = gpu.grow(tf.reshape(entries, [outer, shape[axis], inner]), size);
          shape[axis] += size - 1;
        }
        return tf.reshape(entries, shape);
      }),
    select: (x, task) =>
      tf.tidy(() => {
        const lead = Array.from({ length: Math.max(0, 2 - x.rank) }, () => 1);
        const plan = { ...task.plan, shape: [...lead, ...task.plan.shape] };
        const y = gpu.select(tf.reshape(x, [...lead, ...x.shape]), { ...task, plan });
        return tf.reshape(y, x.shape);
      }),
  };
}

/** What the programs that draw read. */
export function drawUniforms({ key, firstBlock, threshold }: FieldPlan): readonly Uniform[] {
  return [
    { name: "words", type: "uint32", data: [key.key0, key.key1, firstBlock, key.step] },
    { name: "threshold", type: "uint32", data: [threshold] },
  ];
}

/** What the programs that select read. */
export function formulaUniform({ scale, shift, dropped }: SelectTask): Uniform {
  return { name: "formula", type: "float32", data: [scale, shift, dropped] };
}

const TILE_BLOCKS = 64;

/** Draws that a block has. */
export function drawsPerBlock(draw: FieldPlan["draw"]): number {
  return draw === "bernoulli" ? 4 : 2;
}

/** Blocks, in whole tiles, that a number of entries reads. */
export function blocksOf(draw: FieldPlan["draw"], entries: number): number {
  return TILE_BLOCKS * Math.ceil(entries / (TILE_BLOCKS * drawsPerBlock(draw)));
}
