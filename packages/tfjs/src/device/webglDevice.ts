import { type FieldPlan, sizeOf } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import type { Device } from "./Device.js";
import { drawTable, grow, listEntries, selectDrawn, selectMasked } from "./gpu/glsl.js";
import {
  blocksOf,
  drawUniforms,
  gpuDevice,
  selectUniforms,
  type Uniforms,
} from "./gpu/gpuDevice.js";

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
  readonly inputs?: Readonly<Record<string, tf.Tensor>>;
  readonly shape: number[];
  /** Default: of float32. */
  readonly isMask?: boolean;
  readonly uniforms?: Uniforms;
  readonly packed: readonly [inputs: boolean, output: boolean];
}

/** tfjs has no unsigned uniforms: words travel as the signed integers of the same bits. */
const uniformTypes = { words: "ivec4", threshold: "int", formula: "vec3" } as const;

function run({ code, inputs = {}, shape, isMask, uniforms = {}, packed }: Run): tf.Tensor {
  const [packedInputs, packedOutput] = packed;
  const given = Object.entries(uniforms) as [keyof Uniforms, readonly number[]][];
  const program = {
    variableNames: Object.keys(inputs),
    outputShape: shape,
    userCode: code,
    customUniforms: given.map(([name]) => ({ name, type: uniformTypes[name] })),
    packedInputs,
    packedOutput,
  };
  const values = given.map(([name, data]) =>
    name === "formula" ? data : data.map((word) => word | 0),
  );
  const backend = tf.backend() as unknown as WebglBackend;
  const dtype = isMask ? "bool" : "float32";
  const y = backend.compileAndRun(program, Object.values(inputs), dtype, values);
  return tf.engine().makeTensorFromTensorInfo(y);
}

/** The table of a field: `[2 rows, 2 columns]`, a texel for two blocks, with a power of two as columns. */
function drawTableOf(plan: FieldPlan): { readonly table: tf.Tensor; readonly columnBits: number } {
  const texels = Math.max(1, blocksOf(plan) / 2);
  const columnBits = Math.ceil(Math.log2(texels) / 2);
  const columns = 2 ** columnBits;
  const table = run({
    code: drawTable(plan.draw, columnBits),
    shape: [2 * Math.ceil(texels / columns), 2 * columns],
    uniforms: drawUniforms(plan),
    packed: [false, true],
  });
  return { table, columnBits };
}

/** On WebGL 2, programs where the tensors are; on WebGL 1, which has no unsigned integers, an upload. */
export const webglDevice: Device = gpuDevice({
  readsAtOnce: true,
  isAble: () => {
    const { compileAndRun } = tf.backend() as Partial<WebglBackend>;
    return compileAndRun !== undefined && tf.env().getNumber("WEBGL_VERSION") === 2;
  },
  draw(plan) {
    const { table, columnBits } = drawTableOf(plan);
    return run({
      code: listEntries(plan.draw, columnBits),
      inputs: { table },
      shape: [sizeOf(plan.drawn)],
      isMask: plan.draw === "bernoulli",
      packed: [true, false],
    });
  },
  grow: (mask, shape, edge) =>
    run({ code: grow(shape, edge), inputs: { mask }, shape, isMask: true, packed: [false, false] }),
  selectDrawn(x, task) {
    const shape = [sizeOf(x.shape.slice(0, -2)), ...x.shape.slice(-2)];
    const { table, columnBits } = drawTableOf(task.plan);
    return run({
      code: selectDrawn(shape, columnBits),
      inputs: { x: tf.reshape(x, shape), table },
      shape,
      uniforms: selectUniforms(task),
      packed: [true, true],
    });
  },
  selectMasked: (x, mask, task) =>
    run({
      code: selectMasked(x.shape),
      inputs: { x, mask },
      shape: x.shape,
      uniforms: selectUniforms(task),
      packed: [true, true],
    }),
});
