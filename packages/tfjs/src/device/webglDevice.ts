import * as tf from "@tensorflow/tfjs";
import type { Device } from "./Device.js";
import { gpuDevice } from "./gpu/gpuDevice.js";
import { glslProgram } from "./gpu/glslProgram.js";
import { uploadDevice } from "./uploadDevice.js";

/** A program of tfjs's WebGL backend, which writes the functions that read its inputs. */
interface WebglProgram {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly userCode: string;
  readonly customUniforms: readonly { readonly name: string; readonly type: string }[];
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

const programs = gpuDevice(({ program, inputs, shape, dtype, uniforms }) => {
  const { code, inputs: variableNames, packed } = glslProgram(program, shape);
  const backend = tf.backend() as unknown as WebglBackend;
  const compiled: WebglProgram = {
    variableNames,
    outputShape: shape,
    userCode: code,
    customUniforms: uniforms.map(({ name, type, data }) => ({
      name,
      type: `${types[type][data.length > 1 ? 1 : 0]}${data.length > 1 ? data.length : ""}`,
    })),
    enableShapeUniforms: shape.length <= 4,
    packedInputs: packed,
    packedOutput: packed,
  };
  // There are no unsigned uniforms: words travel as the signed integers of the same bits.
  const values = uniforms.map(({ type, data }) =>
    type === "uint32" ? data.map((word) => word | 0) : data,
  );
  return backend.compileAndRun(compiled, inputs, dtype, values);
});

const types = { uint32: ["int", "ivec"], float32: ["float", "vec"] } as const;

/** On WebGL 2, programs where the tensors are; on WebGL 1, which has no unsigned integers, an upload. */
export const webglDevice: Device = {
  draw: (plan) => device().draw(plan),
  select: (x, task) => device().select(x, task),
};

function device(): Device {
  const has = "compileAndRun" in tf.backend() && tf.env().getNumber("WEBGL_VERSION") === 2;
  return has ? programs : uploadDevice;
}
