/** @throws {RangeError} If `value` is outside [0, 1). */
export function checkDecay(owner: string, name: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(`${owner}: ${name} must be in [0, 1), got ${value}`);
  }
}

/** @throws {RangeError} If `value` is not a finite number > 0. */
export function checkPositive(owner: string, name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new RangeError(`${owner}: ${name} must be a finite number > 0, got ${value}`);
  }
}

/** @throws {RangeError} If `value` is not a finite number >= 0. */
export function checkNotNegative(owner: string, name: string, value: number): void {
  if (!(value >= 0 && value < Infinity)) {
    throw new RangeError(`${owner}: ${name} must be a finite number >= 0, got ${value}`);
  }
}
