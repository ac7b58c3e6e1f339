import { type FieldPlan, sizeOf } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import type { Device } from "./Device.js";
import { drawTable, grow, listEntries, select } from "./gpu/glsl.js";
import {
  blocksOf,
  drawUniforms,
  formulaUniform,
  type Gpu,
  gpuDevice,
  type Uniform,
} from "./gpu/gpuDevice.js";
import { uploadDevice } from "./uploadDevice.js";

/** A program of tfjs's WebGL backend. */
interface WebglProgram {
  readonly variableNames: readonly string[];
  readonly outputShape: number[];
  readonly userCode: string;
  readonly customUniforms: readonly {
    readonly name: string;
    readonly type: string;
    readonly arrayIndex?: number;
  }[];
  /** Sizes are uniforms: one program for all shapes of a rank; tfjs has it up to rank 4. */
  readonly enableShapeUniforms: boolean;
  /** Texels hold 2 x 2 entries of the last two axes, as in the results of most of tfjs's operations. */
  readonly packedInputs: boolean;
  readonly packedOutput: boolean;
}

/** As much of the backend as is used; it is not documented, so it is looked for. */
interface WebglBackend {
  compileAndRun(
    program: WebglProgram,
    inputs: readonly tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: readonly (readonly number[])[],
  ): tf.TensorInfo;
}

/** One run of a program. */
interface Run {
  readonly code: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly shape: number[];
  readonly dtype: "bool" | "float32";
  readonly uniforms: readonly Uniform[];
  readonly packed: readonly [inputs: boolean, output: boolean];
}

function run({ code, inputs, shape, dtype, uniforms, packed }: Run): tf.Tensor {
  const [packedInputs, packedOutput] = packed;
  const program = {
    variableNames: Object.keys(inputs),
    outputShape: shape,
    userCode: code,
    customUniforms: uniforms.map(({ name, type, data }) => ({ name, ...glslType(type, data.length) })),
    enableShapeUniforms: shape.length <= 4,
    packedInputs,
    packedOutput,
  };
  // tfjs has no unsigned uniforms: words travel as the signed integers of the same bits.
  const values = uniforms.map(({ type, data }) =>
    type === "uint32" ? data.map((word) => word | 0) : data,
  );
  const backend = tf.backend() as unknown as WebglBackend;
  const y = backend.compileAndRun(program, Object.values(inputs), dtype, values);
  return tf.engine().makeTensorFromTensorInfo(y);
}

/** Up to four numbers are a vector, more an array. */
function glslType(type: Uniform["type"], length: number): { type: string; arrayIndex?: number } {
  const [scalar, vector] = type === "uint32" ? ["int", "ivec"] : ["float", "vec"];
  if (length === 1) return { type: scalar };
  return length <= 4 ? { type: `${vector}${length}` } : { type: scalar, arrayIndex: length };
}

/** A field's blocks `[2 rows, 2 columns]`, a texel each, with as many columns as a power of two. */
function drawTableOf(plan: FieldPlan): { readonly table: tf.Tensor; readonly columnBits: Uniform } {
  const blocks = blocksOf(plan.draw, sizeOf(plan.drawn));
  const bits = Math.ceil(Math.log2(blocks) / 2);
  const columns = 2 ** bits;
  const columnBits: Uniform = { name: "columnBits", type: "uint32", data: [bits] };
  const table = run({
    code: drawTable(plan.draw),
    inputs: {},
    shape: [2 * Math.ceil(blocks / columns), 2 * columns],
    dtype: "float32",
    uniforms: [...drawUniforms(plan), columnBits],
    packed: [false, true],
  });
  return { table, columnBits };
}

const webgl: Gpu = {
  draw(plan) {
    const { table, columnBits } = drawTableOf(plan);
    return run({
      code: listEntries(plan.draw),
      inputs: { table },
      shape: [sizeOf(plan.drawn)],
      dtype: plan.draw === "bernoulli" ? "bool" : "float32",
      uniforms: [columnBits],
      packed: [true, false],
    });
  },
  grow: (mask, edge) => {
    const [outer, length, inner] = mask.shape;
    return run({
      code: grow,
      inputs: { mask },
      shape: [outer, length + edge - 1, inner],
      dtype: "bool",
      uniforms: [{ name: "edge", type: "uint32", data: [edge] }],
      packed: [false, false],
    });
  },
  select(x, task) {
    const { table, columnBits } = drawTableOf(task.plan);
    const { shape } = task.plan;
    const strides = shape.map((size, axis) => (size === 1 ? 0 : sizeOf(shape.slice(axis + 1))));
    return run({
      code: select(x.shape),
      inputs: { x, table },
      shape: x.shape,
      dtype: "float32",
      uniforms: [
        columnBits,
        formulaUniform(task),
        { name: "strides", type: "uint32", data: strides },
      ],
      packed: [true, true],
    });
  },
};

const programs = gpuDevice(webgl);

/** On WebGL 2, programs where the tensors are; on WebGL 1, which has no unsigned integers, an upload. */
export const webglDevice: Device = {
  draw: (plan) => device().draw(plan),
  select: (x, task) => device().select(x, task),
};

function device(): Device {
  const has = "compileAndRun" in tf.backend() && tf.env().getNumber("WEBGL_VERSION") === 2;
  return has ? programs : uploadDevice;
}
