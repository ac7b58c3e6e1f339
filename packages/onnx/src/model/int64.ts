/**
 * An integer as ONNX's int64 holds it. A number holds integers beyond 2^53 only nearly: 2^63 - 1, which is
 * what "to the end" is written as, would become 2^63, and that wraps to -2^63.
 * @throws {RangeError} If `value` is no integer in [-2^63, 2^63).
 */
export function int64(owner: string, value: number | bigint): bigint {
  const isWhole = typeof value === "bigint" || Number.isInteger(value);
  if (isWhole && BigInt.asIntN(64, BigInt(value)) === BigInt(value)) return BigInt(value);
  throw new RangeError(`${owner}: value must be an integer in [-2^63, 2^63), got ${value}`);
}
