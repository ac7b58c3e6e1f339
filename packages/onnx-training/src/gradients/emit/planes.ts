import type { EmitContext } from "../EmitContext.js";

/** `[batch, channels, ...space]` as `[batch · channels, 1, ...space]`: what treats all channels alike sees images of one. */
export function planes({ builder }: EmitContext, tensor: string, rank: number): string {
  const space = new Array<number>(rank).fill(0);
  return builder.op("Reshape", [tensor, builder.ints([-1, 1, ...space])]);
}
