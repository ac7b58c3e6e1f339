import { sizeOf } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import type { Device } from "./Device.js";
import { gpuDevice, type Uniform } from "./gpu/gpuDevice.js";
import { wgslProgram } from "./gpu/wgslProgram.js";
import { uploadDevice } from "./uploadDevice.js";

/** A program of tfjs's WebGPU backend. */
interface WebgpuProgram {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly uniforms: string;
  readonly shaderKey: string;
  readonly workgroupSize: readonly [number, number, number];
  readonly dispatchLayout: { readonly x: readonly number[] };
  readonly dispatch: readonly [number, number, number];
  /** Adds the uniform `size`: a last workgroup goes beyond the output. */
  readonly size: true;
  getUserCode(): string;
}

/** As much of the backend as is used; it is not documented, so it is looked for. */
interface WebgpuBackend {
  runWebGPUProgram(
    program: WebgpuProgram,
    inputs: readonly tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: readonly Uniform[],
  ): tf.TensorInfo;
}

const WORKGROUP = 128;

const types = { uint32: "u32", float32: "f32" } as const;

const programs = gpuDevice(({ program, inputs, shape, dtype, uniforms }) => {
  const { code, inputs: variableNames } = wgslProgram(program);
  const backend = tf.backend() as unknown as WebgpuBackend;
  const declarations = uniforms.map(({ name, type, data: { length } }) => {
    const scalar = types[type];
    return `${name} : ${length === 1 ? scalar : `vec${length}<${scalar}>`},`;
  });
  const compiled: WebgpuProgram = {
    variableNames,
    outputShape: shape,
    uniforms: declarations.join(" "),
    shaderKey: `dropoutkit_${program}`,
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: { x: shape.map((_, axis) => axis) },
    dispatch: [Math.ceil(sizeOf(shape) / WORKGROUP), 1, 1],
    size: true,
    getUserCode: () => code,
  };
  return backend.runWebGPUProgram(compiled, inputs, dtype, uniforms);
});

/** Programs where the tensors are; an upload where tfjs hides how to run one. */
export const webgpuDevice: Device = {
  draw: (plan) => device().draw(plan),
  select: (x, task) => device().select(x, task),
};

function device(): Device {
  return "runWebGPUProgram" in tf.backend() ? programs : uploadDevice;
}
