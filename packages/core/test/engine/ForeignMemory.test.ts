import { describe, expect, test } from "vitest";
import { backward, forward } from "../../src/apply/forward.js";
import { chooseEngine } from "../../src/engine/chooseEngine.js";
import { ForeignMemory, type MemoryLike } from "../../src/engine/ForeignMemory.js";
import { dropout } from "../../src/variants/dropout.js";

interface Memory extends MemoryLike {
  grow(pages: number): number;
}
declare const WebAssembly: {
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum?: number;
    readonly shared?: boolean;
  }) => Memory;
};

const variant = dropout({ rate: 0.3 });
const options = { seed: 7, site: "h", step: 3, shape: [1000], training: true };
const values = Float32Array.from({ length: 1000 }, (_, i) => i + 1);
const expected = forward(variant, values, options);

describe("ForeignMemory", () => {
  test("arrays give core's bits in place, wherever the scratch is, before and after it grows", () => {
    for (const scratch of [0, 16, 70_000 - (70_000 % 16)]) {
      const memory = new WebAssembly.Memory({ initial: 4 });
      new Uint8Array(memory.buffer).fill(0xa5);
      const foreign = new ForeignMemory({ memory, scratch });
      for (let grown = 0; grown < 2; grown++) {
        const address = scratch === 0 ? 131_072 + 4 : 200_000;
        const x = foreign.float32(address, 1000);
        const y = foreign.float32(address + 4004, 1000);
        x.set(values);
        expect(chooseEngine(x, y)).not.toBe(chooseEngine());
        expect(forward(variant, x, options, y)).toEqual(expected);
        expect(backward(variant, x, options, x)).toEqual(expected);
        memory.grow(1);
      }
    }
  });

  test("nothing is written but the scratch and the output", () => {
    const memory = new WebAssembly.Memory({ initial: 4 });
    new Uint8Array(memory.buffer).fill(0xa5);
    const scratch = 65_536;
    const foreign = new ForeignMemory({ memory, scratch });
    const x = foreign.float32(0, 1000);
    x.set(values);
    forward(variant, x, options, foreign.float32(8000, 1000));
    const bytes = new Uint8Array(memory.buffer);
    expect(x).toEqual(values);
    for (const [from, to] of [
      [4000, 8000],
      [12_000, scratch],
      [scratch + ForeignMemory.scratchBytes, bytes.length],
    ]) {
      expect(bytes.subarray(from, to).every((byte) => byte === 0xa5)).toBe(true);
    }
  });

  test.each([-16, 8, 3 * 65_536 + 16, Number.NaN])("scratch %d is a RangeError", (scratch) => {
    const memory = new WebAssembly.Memory({ initial: 4 });
    expect(() => new ForeignMemory({ memory, scratch })).toThrow(
      new RangeError(
        `ForeignMemory: scratch must be a multiple of 16 in [0, 196608], got ${scratch}`,
      ),
    );
  });

  test("a memory that is shared between threads is an Error", () => {
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
    expect(() => new ForeignMemory({ memory, scratch: 0 })).toThrow(
      "ForeignMemory: memory must be a WebAssembly.Memory of one thread, got one that does not link",
    );
  });
});
