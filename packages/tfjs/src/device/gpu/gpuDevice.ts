import { type FieldPlan, sizeOf } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import type { Device } from "../Device.js";

/** Numbers that a program reads and is not compiled for. */
export interface Uniform {
  readonly name: string;
  readonly type: "uint32" | "float32";
  readonly data: readonly number[];
}

/**
 * One run of a program.
 *
 * - `bernoulli`, `uniform`, `normal`: the entries of a field, `[entries]`.
 * - `grow`: a mask `[outer, length, inner]` whose dropped entries drop those behind them too; the axis becomes longer.
 * - `selectDrawn`: selects from x `[batch, rows, columns]` by the Bernoulli field of x's shape.
 * - `selectMasked`: selects from x by a mask of x's rank, at least 2, that broadcasts to it.
 */
export interface Run {
  readonly program: FieldPlan["draw"] | "grow" | "selectDrawn" | "selectMasked";
  readonly inputs: readonly tf.Tensor[];
  readonly shape: number[];
  readonly dtype: "bool" | "float32";
  readonly uniforms: readonly Uniform[];
}

/** What a GPU language has to do: start a program. */
export type Runner = (run: Run) => tf.TensorInfo;

/** Noise by programs of a GPU backend: nothing but a few words goes there, and nothing comes back. */
export function gpuDevice(runner: Runner): Device {
  const start = (run: Run): tf.Tensor => tf.engine().makeTensorFromTensorInfo(runner(run));

  const draw = (plan: FieldPlan): tf.Tensor =>
    tf.tidy(() => {
      const entries = start({
        program: plan.draw,
        inputs: [],
        shape: [sizeOf(plan.drawn)],
        dtype: plan.draw === "bernoulli" ? "bool" : "float32",
        uniforms: drawUniforms(plan),
      });
      const shape = [...plan.drawn];
      const { size = 1, axes: [from, to] = [0, -1] } = plan.grow ?? {};
      let mask = entries;
      for (let axis = from; axis <= to && size > 1; axis++) {
        const outer = sizeOf(shape.slice(0, axis));
        const inner = sizeOf(shape.slice(axis + 1));
        const seeds = tf.reshape(mask, [outer, shape[axis], inner]);
        shape[axis] += size - 1;
        mask = start({
          program: "grow",
          inputs: [seeds],
          shape: [outer, shape[axis], inner],
          dtype: "bool",
          uniforms: [{ name: "edge", type: "uint32", data: [size] }],
        });
      }
      return tf.reshape(mask, shape);
    });

  return {
    draw,
    select: (x, { plan, scale, shift, dropped }) =>
      tf.tidy(() => {
        const formula: Uniform = { name: "formula", type: "float32", data: [scale, shift, dropped] };
        const to = { dtype: "float32", uniforms: [...drawUniforms(plan), formula] } as const;
        const [columns = 1, rows = 1, ...batch] = [...x.shape].reverse();
        const matrices = [sizeOf(batch), rows, columns];
        if (sizeOf(plan.shape) === x.size) {
          const inputs = [tf.reshape(x, matrices)];
          const y = start({ program: "selectDrawn", inputs, shape: matrices, ...to });
          return tf.reshape(y, x.shape);
        }
        const [values, mask] = [x, draw(plan)].map((tensor) =>
          tensor.rank < 2 ? tf.reshape(tensor, [1, tensor.size]) : tensor,
        );
        const inputs = [values, mask];
        const y = start({ program: "selectMasked", inputs, shape: values.shape, ...to });
        return tf.reshape(y, x.shape);
      }),
  };
}

function drawUniforms({ key, firstBlock, threshold }: FieldPlan): Uniform[] {
  return [
    { name: "words", type: "uint32", data: [key.key0, key.key1, firstBlock, key.step] },
    { name: "dropsBelow", type: "uint32", data: [threshold] },
  ];
}
