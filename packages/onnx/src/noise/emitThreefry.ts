import type { GraphBuilder } from "../emit/GraphBuilder.js";

/** uint32 tensors that broadcast: the key's two words and the counter's. */
export interface ThreefryInputs {
  readonly key0: string;
  readonly key1: string;
  readonly counter0: string;
  readonly counter1: string;
}

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
const PARITY = 0x1bd11bda;

/**
 * Threefry2x32 with 20 rounds as nodes; returns its two words. uint32 arithmetic wraps in ONNX.
 * @see Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3", SC'11, section 3.3.
 */
export function emitThreefry(
  builder: GraphBuilder,
  { key0, key1, counter0, counter1 }: ThreefryInputs,
): [word0: string, word1: string] {
  const uint = (value: number): string => builder.scalar("uint32", value);
  const add = (a: string, b: string): string => builder.op("Add", [a, b]);
  const xor = (a: string, b: string): string => builder.op("BitwiseXor", [a, b]);
  const shift = (x: string, bits: number, direction: "LEFT" | "RIGHT"): string =>
    builder.op("BitShift", [x, uint(bits)], { attributes: { direction } });
  const rotate = (x: string, bits: number): string =>
    builder.op("BitwiseOr", [shift(x, bits, "LEFT"), shift(x, 32 - bits, "RIGHT")]);

  const keys = [key0, key1, xor(key0, xor(key1, uint(PARITY)))];
  let x1 = add(counter1, keys[1]);
  // The first round's sum in this order is one addition to all counters where the rest are scalars.
  let x0 = add(counter0, add(keys[0], x1));
  for (let round = 0; round < 20; round++) {
    if (round > 0) x0 = add(x0, x1);
    x1 = xor(rotate(x1, ROTATIONS[round % 8]), x0);
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = add(x0, keys[injection % 3]);
      x1 = add(x1, add(keys[(injection + 1) % 3], uint(injection)));
    }
  }
  return [x0, x1];
}
