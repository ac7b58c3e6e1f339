import type { OnnxModel } from "@dropoutkit/onnx";
import { type Dim, makeValueInfo } from "@dropoutkit/onnx/graph";

export interface AddTargetOptions {
  readonly owner: string;
  /** The option that names the input. */
  readonly option: string;
  readonly name: string;
  readonly type: "float32" | "int64";
  readonly dims: readonly Dim[];
}

/** Adds the input that a loss compares with, in place. @throws {Error} If the name is taken. */
export function addTarget(
  { graph }: OnnxModel,
  { owner, option, name, type, dims }: AddTargetOptions,
): void {
  const taken = [...graph.input, ...graph.initializer].map((value) => value.name);
  if ([...taken, ...graph.node.flatMap(({ output }) => output)].includes(name)) {
    throw new Error(`${owner}: ${option} must be the name of a new input, got ${name}`);
  }
  graph.input.push(makeValueInfo(name, { type, dims }));
}
