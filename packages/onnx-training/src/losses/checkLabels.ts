import type { Dim } from "@dropoutkit/onnx/graph";
import type { Tensor } from "../runtime/runtime.js";

export interface Labels {
  readonly labels: string;
  readonly classes: Dim;
  readonly ignoreIndex: number | undefined;
  readonly data: Tensor["data"];
}

/** @throws {RangeError} If a label is no class, and not the one that is ignored. */
export function checkLabels(owner: string, { labels, classes, ignoreIndex, data }: Labels): void {
  if (!(data instanceof BigInt64Array)) {
    throw new TypeError(`${owner}: ${labels} must be an int64 tensor, got another type`);
  }
  const most = typeof classes === "number" ? BigInt(classes) : undefined;
  const ignored = ignoreIndex === undefined ? undefined : BigInt(ignoreIndex);
  const at = data.findIndex(
    (label) => label !== ignored && (label < 0n || (most !== undefined && label >= most)),
  );
  if (at >= 0) {
    throw new RangeError(
      `${owner}: ${labels} must be in [0, ${classes})${ignored === undefined ? "" : ` or ${ignored}`}, got ${data[at]} at index ${at}`,
    );
  }
}
