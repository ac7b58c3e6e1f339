import { sizeOf } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import type { Device } from "./Device.js";
import {
  blocksOf,
  drawUniforms,
  formulaUniform,
  type Gpu,
  gpuDevice,
  type Uniform,
} from "./gpu/gpuDevice.js";
import { drawEntries, grow, selectDrawn, selectMasked } from "./gpu/wgsl.js";
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
  /** Entries that an element of the output, and of each input, has. */
  readonly outputComponent?: number;
  readonly variableComponents?: readonly number[];
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

/** One run of a program. */
interface Run {
  /** Of the code; programs are compiled once for a name and ranks. */
  readonly name: string;
  readonly code: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly shape: readonly number[];
  readonly dtype: "bool" | "float32";
  readonly uniforms: readonly Uniform[];
  /** Default: one for each element of the output. */
  readonly invocations?: number;
  /** Entries that an element of the output, and of each input, has. Default 1. */
  readonly components?: readonly [output: number, ...inputs: number[]];
}

const WORKGROUP = 64;

function run({ name, code, inputs, shape, dtype, uniforms, ...sizes }: Run): tf.Tensor {
  const { components: [outputComponent, ...variableComponents] = [1] } = sizes;
  const { invocations = sizeOf(shape) / outputComponent } = sizes;
  const program = {
    variableNames: Object.keys(inputs),
    outputShape: shape,
    uniforms: uniforms.map(declaration).join(" "),
    shaderKey: `dropoutkit_${name}`,
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: { x: shape.map((_, axis) => axis) },
    dispatch: [Math.ceil(invocations / WORKGROUP), 1, 1],
    size: true,
    outputComponent,
    ...(variableComponents.length > 0 && { variableComponents }),
    getUserCode: () => code,
  } as const;
  const backend = tf.backend() as unknown as WebgpuBackend;
  const y = backend.runWebGPUProgram(program, Object.values(inputs), dtype, uniforms);
  return tf.engine().makeTensorFromTensorInfo(y);
}

function declaration({ name, type, data }: Uniform): string {
  const scalar = type === "uint32" ? "u32" : "f32";
  return `${name} : ${data.length === 1 ? scalar : `vec${data.length}<${scalar}>`},`;
}

const webgpu: Gpu = {
  draw(plan) {
    const entries = sizeOf(plan.drawn);
    return run({
      name: plan.draw,
      code: drawEntries(plan.draw),
      inputs: {},
      shape: [entries],
      dtype: plan.draw === "bernoulli" ? "bool" : "float32",
      uniforms: drawUniforms(plan),
      invocations: blocksOf(plan.draw, entries),
    });
  },
  grow(mask, edge) {
    const [outer, length, inner] = mask.shape;
    return run({
      name: "grow",
      code: grow,
      inputs: { mask },
      shape: [outer, length + edge - 1, inner],
      dtype: "bool",
      uniforms: [{ name: "edge", type: "uint32", data: [edge] }],
    });
  },
  select(x, task) {
    const { plan } = task;
    const to = { shape: x.shape, dtype: "float32" } as const;
    const formula = formulaUniform(task);
    if (sizeOf(plan.shape) === x.size) {
      return run({
        ...to,
        name: "selectDrawn",
        code: selectDrawn,
        inputs: { x },
        uniforms: [...drawUniforms(plan), formula],
        invocations: blocksOf("bernoulli", x.size),
      });
    }
    const mask = tf.reshape(webgpu.draw(plan), [...plan.shape]);
    // Four entries at a time, where they are in one row of x, and of the mask or at one entry of it.
    const [row, maskRow] = [x.shape, plan.shape].map((shape) => shape.at(-1) ?? 1);
    const components =
      row % 4 === 0 ? ([4, 4, maskRow === 1 ? 1 : 4] as const) : ([1, 1, 1] as const);
    return run({
      ...to,
      name: `selectMasked${components}`,
      code: selectMasked(components[0]),
      inputs: { x, mask },
      uniforms: [formula],
      components,
    });
  },
};

const programs = gpuDevice(webgpu);

/** Programs where the tensors are; an upload where tfjs hides how to run one. */
export const webgpuDevice: Device = {
  readsAtOnce: false,
  draw: (plan) => device().draw(plan),
  select: (x, task) => device().select(x, task),
};

function device(): Pick<Device, "draw" | "select"> {
  const { runWebGPUProgram } = tf.backend() as Partial<WebgpuBackend>;
  return runWebGPUProgram === undefined ? uploadDevice : programs;
}
