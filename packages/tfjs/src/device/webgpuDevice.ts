import { sizeOf } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import type { Device } from "./Device.js";
import {
  blocksOf,
  drawUniforms,
  gpuDevice,
  selectUniforms,
  type Uniforms,
} from "./gpu/gpuDevice.js";
import { drawEntries, grow, selectDrawn, selectMasked } from "./gpu/wgsl.js";

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
  readonly outputComponent: number;
  readonly variableComponents: readonly number[];
  getUserCode(): string;
}

/** As much of the backend as is used; it is not documented, so it is looked for. */
interface WebgpuBackend {
  runWebGPUProgram(
    program: WebgpuProgram,
    inputs: readonly tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: readonly { readonly type: string; readonly data: readonly number[] }[],
  ): tf.TensorInfo;
}

/** One run of a program. */
interface Run {
  /** Of the code: tfjs compiles once for a name and the ranks. */
  readonly name: string;
  readonly code: string;
  readonly inputs?: Readonly<Record<string, tf.Tensor>>;
  readonly shape: readonly number[];
  /** Default: of float32. */
  readonly isMask?: boolean;
  readonly uniforms?: Uniforms;
  /** Default: one for each element of the output. */
  readonly invocations?: number;
  /** Entries that an element of the output, and of each input, has. Default 1. */
  readonly components?: readonly [output: number, ...inputs: number[]];
}

const WORKGROUP = 64;

const uniformTypes = { words: "vec4<u32>", threshold: "u32", formula: "vec3<f32>" } as const;

function run({ name, code, inputs = {}, shape, isMask, uniforms = {}, ...sizes }: Run): tf.Tensor {
  const { components: [outputComponent, ...variableComponents] = [1, 1] } = sizes;
  const { invocations = sizeOf(shape) / outputComponent } = sizes;
  const given = Object.entries(uniforms) as [keyof Uniforms, readonly number[]][];
  const program: WebgpuProgram = {
    variableNames: Object.keys(inputs),
    outputShape: shape,
    uniforms: given.map(([uniform]) => `${uniform} : ${uniformTypes[uniform]},`).join(""),
    shaderKey: `dropoutkit_${name}`,
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: { x: shape.map((_, axis) => axis) },
    dispatch: [Math.ceil(invocations / WORKGROUP), 1, 1],
    size: true,
    outputComponent,
    variableComponents,
    getUserCode: () => code,
  };
  const values = given.map(([uniform, data]) => ({
    type: uniform === "formula" ? "float32" : "uint32",
    data,
  }));
  const backend = tf.backend() as unknown as WebgpuBackend;
  const dtype = isMask ? "bool" : "float32";
  const y = backend.runWebGPUProgram(program, Object.values(inputs), dtype, values);
  return tf.engine().makeTensorFromTensorInfo(y);
}

/** Programs where the tensors are; an upload where tfjs hides how to run one. */
export const webgpuDevice: Device = gpuDevice({
  readsAtOnce: false,
  isAble: () => (tf.backend() as Partial<WebgpuBackend>).runWebGPUProgram !== undefined,
  draw: (plan) =>
    run({
      name: plan.draw,
      code: drawEntries(plan.draw),
      shape: [sizeOf(plan.drawn)],
      isMask: plan.draw === "bernoulli",
      uniforms: drawUniforms(plan),
      invocations: blocksOf(plan),
    }),
  grow: (mask, shape, edge) =>
    run({ name: `grow${edge}`, code: grow(edge), inputs: { mask }, shape, isMask: true }),
  selectDrawn: (x, task) =>
    run({
      name: "selectDrawn",
      code: selectDrawn,
      inputs: { x },
      shape: x.shape,
      uniforms: { ...drawUniforms(task.plan), ...selectUniforms(task) },
      invocations: blocksOf(task.plan),
    }),
  selectMasked(x, mask, task) {
    // Four entries at a time, where they are in one row of x, and of the mask or at one entry of it.
    const [row, maskRow] = [x, mask].map(({ shape }) => shape.at(-1) ?? 1);
    const [entries, ofMask] = row % 4 === 0 ? ([4, maskRow === 1 ? 1 : 4] as const) : [1, 1];
    return run({
      name: `selectMasked${entries}${ofMask}`,
      code: selectMasked(entries),
      inputs: { x, mask },
      shape: x.shape,
      uniforms: selectUniforms(task),
      components: [entries, entries, ofMask],
    });
  },
});
