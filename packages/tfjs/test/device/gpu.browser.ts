/// <reference lib="dom" />
import { drawPlan, planField, selectField } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, type MockInstance, test, vi } from "vitest";
import { currentDevice } from "../../src/device/currentDevice.js";
import type { SelectTask } from "../../src/device/Device.js";
import { alphaDropout, dropBlock2d, dropout, gaussianDropout } from "../../src/index.js";
import { gpuBackends } from "../backends/gpuBackends.js";

const key = { seed: 2 ** 32 - 1, site: "h/activation", step: 2 ** 31 + 12 };
const dense = { draw: "bernoulli", rate: 0.5 } as const;

const task = (shape: number[], formula: Partial<SelectTask> = {}): SelectTask => ({
  plan: planField(dense, { ...key, target: shape }),
  scale: 2,
  shift: -0,
  dropped: 0,
  ...formula,
});

/** What core selects. */
function expectedOf(
  x: Float32Array,
  shape: number[],
  { plan, ...formula }: SelectTask,
): Float32Array {
  const y = new Float32Array(x.length);
  selectField(x, y, { ...plan, ...formula, shape, fieldShape: plan.shape });
  return y;
}

/** A tensor that was computed on the GPU, and is not on the host. */
const onGpu = (values: Float32Array, shape: number[]): tf.Tensor =>
  tf.tidy(() => tf.mul(tf.tensor(values, shape), 1));

/** Sizes of what came from the host; the backends also call `write` to make room. */
function uploads({ mock }: MockInstance<ReturnType<typeof tf.backend>["write"]>): number[] {
  return mock.calls
    .filter(([values]) => values !== null && values !== undefined)
    .map(([, shape]) => tf.util.sizeFromShape(shape));
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(gpuBackends)("%s", (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  /** Compiled programs. */
  const programs = (): number =>
    Object.keys(Reflect.get(tf.backend(), backend === "webgl" ? "binaryCache" : "pipelineCache"))
      .length;

  test("select: any shape and any noise shape give core's values to the bit", async () => {
    // Powers of two: their products are exact.
    const axis = fc.record({ size: fc.nat(5), isShared: fc.boolean() });
    const axes = fc.array(axis, { maxLength: 6 });
    const iteration = fc.nat(1000);
    await fc.assert(
      fc.asyncProperty(axes, fc.nat(65536), iteration, async (all, threshold, timestep) => {
        const shape = all.map(({ size }) => size);
        const noiseShape = all.map(({ isShared }) => (isShared ? 1 : null));
        const plan = planField(
          { ...dense, rate: threshold / 65536, noiseShape },
          { ...key, target: shape, timestep },
        );
        const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => i + 1);
        const x = onGpu(values, shape);
        const y = currentDevice().select(x, task(shape, { plan }));
        expect(y.shape).toEqual(shape);
        expect(Float32Array.from(await y.data())).toEqual(
          expectedOf(values, shape, task(shape, { plan })),
        );
        tf.dispose([x, y]);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test.each([[[1000]], [[65, 33]], [[3, 7, 9, 5]]])(
    "select: with a shift, values of %j are within a rounding of core's",
    async (shape) => {
      const formula = task(shape, { scale: 1.172, shift: 0.3411, dropped: -1.2171 });
      const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
        Math.sin(i),
      );
      const y = await currentDevice().select(onGpu(values, shape), formula).data();
      expectedOf(values, shape, formula).forEach((value, i) => {
        // Core rounds the product, then the sum; a GPU may round their result alone: half a unit of each.
        const bound = 2 ** -24 * Math.abs(1.172 * values[i]) + 2 ** -23 * Math.abs(value);
        expect(Math.abs(y[i] - value)).toBeLessThanOrEqual(bound);
      });
    },
  );

  test("select: leaves nothing that a product of odd sizes would sum", async () => {
    // tfjs's packed products read an even number of columns.
    const shape = [65, 65];
    const y = currentDevice().select(
      onGpu(new Float32Array(65 * 65), shape),
      task(shape, { dropped: 1 }),
    );
    const product = await tf.matMul(y as tf.Tensor2D, y as tf.Tensor2D, false, true).array();
    const rows = (await y.array()) as number[][];
    // Zeros and ones: whole numbers, and exact.
    expect(product).toEqual(
      rows.map((a) => rows.map((b) => a.reduce((sum, v, i) => sum + v * b[i], 0))),
    );
  });

  test("select: more entries than one axis of a dispatch has workgroups for", async () => {
    // 64 entries a workgroup, one each, since rows of 3 are not read 4 at a time: 65,626 of 65,535.
    const shape = [1_400_001, 3];
    const plan = planField({ ...dense, noiseShape: [null, 1] }, { ...key, target: shape });
    const values = new Float32Array(3 * 1_400_001).fill(1);
    const y = currentDevice().select(onGpu(values, shape), task(shape, { plan }));
    const expected = expectedOf(values, shape, task(shape, { plan }));
    const found = await y.data();
    expect(found.findIndex((value, i) => value !== expected[i])).toBe(-1);
    tf.dispose(y);
  });

  test("select: NaN and Inf under dropped entries vanish, in the gradient too", async () => {
    const plan = planField(dense, { ...key, target: [300] });
    const mask = drawPlan(plan);
    const values = Float32Array.from(mask, (kept, i) =>
      kept === 1 ? 3 : i % 2 === 0 ? Number.NaN : Infinity,
    );
    const layer = dropout({ rate: 0.5, seed: key.seed, site: "h", step: key.step });
    const call = (x: tf.Tensor): tf.Tensor => layer.call(x, { training: true, step: key.step });
    const x = onGpu(values, [300]);
    const expected = Float32Array.from(mask, (kept) => 6 * kept);
    expect(await call(x).data()).toEqual(expected);
    expect(
      await tf
        .grad(call)(tf.zeros([300]), x)
        .data(),
    ).toEqual(expected);
  });

  test("select: -0 stays -0", async () => {
    const y = await currentDevice()
      .select(onGpu(new Float32Array(64).fill(-0), [64]), task([64]))
      .data();
    const mask = drawPlan(task([64]).plan);
    expect([...y].map((value) => Object.is(value, -0))).toEqual(
      [...mask].map((kept) => kept === 1),
    );
  });

  test("draw: every normal is within the contract's bound of core's", async () => {
    const plan = planField({ draw: "normal" }, { ...key, target: [500, 401] });
    const drawn = await currentDevice().draw(plan).data();
    const errors = Float64Array.from(
      drawPlan(plan),
      (value, i) => Math.abs(drawn[i] - value) / Math.max(1, Math.abs(value)),
    );
    expect(errors.reduce((a, b) => Math.max(a, b))).toBeLessThan(2 ** -18);
  });

  const layers = {
    dropout: dropout({ rate: 0.3, site: "a" }),
    shared: dropout({ rate: 0.3, site: "b", noiseShape: [null, 1, 1, null] }),
    alpha: alphaDropout({ rate: 0.3, site: "c" }),
    block: dropBlock2d({ rate: 0.3, blockSize: 3, site: "d" }),
    gaussian: gaussianDropout({ rate: 0.3, site: "e" }),
  };

  test("layers read nothing back, and upload nothing of the field's size", () => {
    const x = onGpu(new Float32Array(8 * 16 * 16 * 4), [8, 16, 16, 4]);
    const reads = (["readSync", "read"] as const).map((name) => vi.spyOn(tf.backend(), name));
    const write = vi.spyOn(tf.backend(), "write");
    for (const layer of Object.values(layers)) {
      const call = (input: tf.Tensor) => layer.call(input, { training: true });
      tf.dispose(tf.grad(call)(x, x));
    }
    for (const read of reads) expect(read).not.toHaveBeenCalled();
    expect(Math.max(0, ...uploads(write))).toBeLessThan(32);
  });

  test("layers compile nothing for another step, seed or rate, and hold the number of tensors", () => {
    const x = onGpu(new Float32Array(4 * 8 * 8 * 3), [4, 8, 8, 3]);
    const run = (all: readonly tf.layers.Layer[]): void => {
      for (const layer of all) {
        tf.dispose(tf.grad((input) => layer.call(input, { training: true }) as tf.Tensor)(x, x));
      }
    };
    run(Object.values(layers));
    const [compiled, { numTensors }] = [programs(), tf.memory()];
    for (let i = 0; i < 5; i++) run(Object.values(layers));
    run([
      dropout({ rate: 0.9, seed: 2 ** 32 - 1 }),
      dropout({ rate: 0.1, seed: 3, noiseShape: [null, 1, 1, null] }),
      alphaDropout({ rate: 1, seed: 4 }),
      dropBlock2d({ rate: 0.05, blockSize: 3, seed: 5 }),
      gaussianDropout({ rate: 0.6, seed: 6 }),
    ]);
    expect(programs()).toBe(compiled);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test("where the backend hides how to run a program, the values are the same", async () => {
    const shape = [9, 50];
    const x = onGpu(
      Float32Array.from({ length: 450 }, (_, i) => i),
      shape,
    );
    const device = currentDevice();
    const results = (): tf.Tensor[] => [
      device.select(x, task(shape)),
      device.draw(planField({ draw: "uniform" }, { ...key, target: shape })),
    ];
    const expected = await Promise.all(results().map((y) => y.data()));
    const method = backend === "webgl" ? "compileAndRun" : "runWebGPUProgram";
    const found = Reflect.get(tf.backend(), method);
    let reads = 0;
    // Hidden from the device, which looks for it first; tfjs's own operations then find it.
    const hide = (): void => {
      reads = 0;
      Object.defineProperty(tf.backend(), method, {
        configurable: true,
        get: () => (reads++ === 0 ? undefined : found),
      });
    };
    const write = vi.spyOn(tf.backend(), "write");
    try {
      hide();
      const selected = device.select(x, task(shape));
      hide();
      const drawn = device.draw(planField({ draw: "uniform" }, { ...key, target: shape }));
      // The mask and the uniforms came from the host.
      expect(uploads(write).filter((size) => size === 450)).toHaveLength(2);
      Reflect.deleteProperty(tf.backend(), method);
      expect(await Promise.all([selected, drawn].map((y) => y.data()))).toEqual(expected);
    } finally {
      Reflect.deleteProperty(tf.backend(), method);
    }
  });
});
