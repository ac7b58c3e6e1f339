import { type FieldPlan, sizeOf } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import type { Device } from "./Device.js";
import { drawTable, grow, listEntries, selectDrawn, selectMasked } from "./gpu/glsl.js";
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
  readonly customUniforms: readonly { readonly name: string; readonly type: string }[];
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
  readonly uniforms?: readonly Uniform[];
  readonly packed: readonly [inputs: boolean, output: boolean];
}

function run({ code, inputs, shape, dtype, uniforms = [], packed }: Run): tf.Tensor {
  const [packedInputs, packedOutput] = packed;
  const program = {
    variableNames: Object.keys(inputs),
    outputShape: shape,
    userCode: code,
    customUniforms: uniforms.map(({ name, type, data: { length } }) => ({
      name,
      type: glslTypes[type][length === 1 ? 0 : 1] + (length === 1 ? "" : length),
    })),
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

const glslTypes = { uint32: ["int", "ivec"], float32: ["float", "vec"] } as const;

/** The table of a field: `[2 rows, 2 columns]`, a texel a block, with a power of two as columns. */
function drawTableOf(plan: FieldPlan): { readonly table: tf.Tensor; readonly columnBits: number } {
  const blocks = Math.max(1, blocksOf(plan.draw, sizeOf(plan.drawn)));
  const columnBits = Math.ceil(Math.log2(blocks) / 2);
  const columns = 2 ** columnBits;
  const table = run({
    code: drawTable(plan.draw, columnBits),
    inputs: {},
    shape: [2 * Math.ceil(blocks / columns), 2 * columns],
    dtype: "float32",
    uniforms: drawUniforms(plan),
    packed: [false, true],
  });
  return { table, columnBits };
}

const webgl: Gpu = {
  draw(plan) {
    const { table, columnBits } = drawTableOf(plan);
    return run({
      code: listEntries(plan.draw, columnBits),
      inputs: { table },
      shape: [sizeOf(plan.drawn)],
      dtype: plan.draw === "bernoulli" ? "bool" : "float32",
      packed: [true, false],
    });
  },
  grow(mask, edge) {
    const [outer, length, inner] = mask.shape;
    const shape = [outer, length + edge - 1, inner];
    const code = grow(shape, edge);
    return run({ code, inputs: { mask }, shape, dtype: "bool", packed: [false, false] });
  },
  select(x, task) {
    const { plan } = task;
    const to = {
      dtype: "float32",
      uniforms: [formulaUniform(task)],
      packed: [true, true],
    } as const;
    if (sizeOf(plan.shape) === x.size) {
      const shape = [sizeOf(x.shape.slice(0, -2)), ...x.shape.slice(-2)];
      const { table, columnBits } = drawTableOf(plan);
      const inputs = { x: tf.reshape(x, shape), table };
      return run({ ...to, code: selectDrawn(shape, columnBits), inputs, shape });
    }
    const inputs = { x, mask: tf.reshape(webgl.draw(plan), [...plan.shape]) };
    return run({ ...to, code: selectMasked(x.shape), inputs, shape: x.shape });
  },
};

const programs = gpuDevice(webgl);

/** On WebGL 2, programs where the tensors are; on WebGL 1, which has no unsigned integers, an upload. */
export const webglDevice: Device = {
  readsAtOnce: true,
  draw: (plan) => device().draw(plan),
  select: (x, task) => device().select(x, task),
};

function device(): Pick<Device, "draw" | "select"> {
  const { compileAndRun } = tf.backend() as Partial<WebglBackend>;
  const isAble = compileAndRun !== undefined && tf.env().getNumber("WEBGL_VERSION") === 2;
  return isAble ? programs : uploadDevice;
}
