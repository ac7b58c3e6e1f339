import type { GraphProto, ModelProto } from "../model/schema.js";

/**
 * Tells of which initializers a caller may replace the value: those that are inputs too, since IR version 4. Before,
 * every initializer had to be an input, and stood for a constant nevertheless, as it does in onnxruntime.
 */
export function isReplaceable(
  { irVersion }: Pick<ModelProto, "irVersion">,
  { input }: GraphProto,
): (initializer: string) => boolean {
  const inputs = new Set(irVersion < 4n ? [] : input.map(({ name }) => name));
  return (initializer) => inputs.has(initializer);
}
