import type { Feeds } from "../runtime/runtime.js";

export interface TargetRange {
  readonly name: string;
  /** The most that a target may be; the least is 0. */
  readonly most: number;
}

/** @throws {RangeError} If a target is outside [0, most]. */
export function checkTargets(owner: string, feeds: Feeds, { name, most }: TargetRange): void {
  const { data } = feeds[name];
  if (!(data instanceof Float32Array)) return;
  const at = data.findIndex((target) => !(target >= 0 && target <= most));
  if (at >= 0) {
    throw new RangeError(
      `${owner}: ${name} must be in [0, ${most}], got ${data[at]} at index ${at}`,
    );
  }
}
