import type { GraphProto, ValueInfoProto } from "../model/schema.js";

/** The inputs of a graph that each run must be given: those without an initializer for a default. */
export function fedInputs({ input, initializer, sparseInitializer }: GraphProto): ValueInfoProto[] {
  const defaults = new Set(initializer.map(({ name }) => name));
  for (const { values } of sparseInitializer) if (values) defaults.add(values.name);
  return input.filter(({ name }) => !defaults.has(name));
}
