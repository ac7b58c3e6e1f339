import { describe, expect, test } from "vitest";
import { Arena, backward, dropout, forward } from "../../src/index.js";

const call = { seed: 3, site: "dense", step: 1, training: true } as const;

describe("Arena", () => {
  test("its arrays are zeros of the length asked for, aligned to 16 bytes, none on another", () => {
    const arena = new Arena({ bytes: 80 });
    const arrays = [3, 0, 5, 8].map((length) => arena.float32(length));
    expect(arrays.map(({ length }) => length)).toEqual([3, 0, 5, 8]);
    for (const { byteOffset } of arrays) expect(byteOffset % 16).toBe(0);
    for (const [i, array] of arrays.entries()) array.fill(i + 1);
    expect([...arrays[0], ...arrays[2], ...arrays[3]]).toEqual([
      1, 1, 1, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4,
    ]);
  });

  test.each([
    ["forward", forward],
    ["backward", backward],
  ])("%s over its arrays gives what it gives over any others, also in place", (_, run) => {
    const shape = [300, 7];
    const values = new Float32Array(2100).map((_, i) => i - 900);
    for (const noiseShape of [undefined, [null, 1], [1, null]]) {
      const variant = dropout({ rate: 0.3, ...(noiseShape && { noiseShape }) });
      const arena = new Arena({ bytes: 2 * 8400 });
      const x = arena.float32(2100);
      x.set(values);
      const output = arena.float32(2100);
      const expected = run(variant, values, { ...call, shape });
      expect(run(variant, x, { ...call, shape }, output)).toBe(output);
      expect(output).toEqual(expected);
      expect(x).toEqual(values);
      run(variant, x, { ...call, shape }, x);
      expect(x).toEqual(expected);
    }
  });

  test("arrays of two arenas, or of one and of elsewhere, go together", () => {
    const [a, b] = [0, 1].map(() => new Arena({ bytes: 4000 }).float32(1000));
    a.fill(1);
    const expected = forward(dropout({ rate: 0.3 }), new Float32Array(1000).fill(1), {
      ...call,
      shape: [1000],
    });
    expect(forward(dropout({ rate: 0.3 }), a, { ...call, shape: [1000] }, b)).toEqual(expected);
    expect(forward(dropout({ rate: 0.3 }), a, { ...call, shape: [1000] })).toEqual(expected);
  });

  test("bytes that are no integer in its range are refused", () => {
    for (const bytes of [-1, 0.5, Number.NaN, 2 ** 32]) {
      expect(() => new Arena({ bytes })).toThrow(
        new RangeError(`Arena: bytes must be an integer in [0, 4294901760], got ${bytes}`),
      );
    }
  });

  test("a length that is none, or does not fit what is left, is refused", () => {
    const arena = new Arena({ bytes: 20 });
    arena.float32(1);
    for (const length of [2, -1, 0.5, Number.NaN]) {
      expect(() => arena.float32(length)).toThrow(
        new RangeError(
          `Arena: length must be an integer >= 0 with at most the 4 bytes left, got ${length}`,
        ),
      );
    }
    expect(arena.float32(1)).toEqual(Float32Array.of(0));
  });
});
