import { encodeModel, type OnnxModel } from "@dropoutkit/onnx";
import { inferShapes } from "@dropoutkit/onnx/graph";
import type { OrtLike } from "../runtime/runtime.js";
import type { SessionOptions } from "../runtime/SessionOptions.js";
import { modelOfNode } from "./modelOfNode.js";

/** A node that runs on the CPU, wholly or in part. */
export interface NodeOnCpu {
  readonly operator: string;
  readonly name: string;
}

export interface NodesOnCpuOptions {
  readonly ort: OrtLike;
  readonly session: SessionOptions;
}

/**
 * The nodes of a model that a session's execution providers leave to the CPU. The runtime does not tell where nodes
 * are, but it refuses a session that needs the CPU where it is told to: so it is asked about the whole
 * model, and then about a model of each kind of node.
 */
export async function nodesOnCpu(
  model: OnnxModel,
  { ort, session }: NodesOnCpuOptions,
): Promise<readonly NodeOnCpu[]> {
  const options = withoutCpu(session);
  if (!hasOtherProvider(session) || (await fits(ort, encodeModel(model), options))) return [];
  const infos = inferShapes(model);
  const answers = new Map<string, boolean>();
  const found: NodeOnCpu[] = [];
  // One after the other: on WebGPU the runtime opens no two sessions at once.
  for (const node of model.graph.node) {
    const bytes = encodeModel(modelOfNode(model, node, infos));
    const kind = bytes.join();
    const answer = answers.get(kind) ?? (await fits(ort, bytes, options));
    answers.set(kind, answer);
    if (!answer) found.push({ operator: node.opType, name: node.name });
  }
  return found;
}

/** Whether the runtime opens a session of a model without the CPU. */
async function fits(ort: OrtLike, bytes: Uint8Array, options: SessionOptions): Promise<boolean> {
  try {
    await (await ort.InferenceSession.create(bytes, options)).release();
    return true;
  } catch (error) {
    if (String(error).includes("fallback to CPU EP has been explicitly disabled")) return false;
    throw error;
  }
}

function withoutCpu(session: SessionOptions): SessionOptions {
  const { session: configured, ...extra } = session.extra ?? {};
  const entries = { ...Object(configured), disable_cpu_ep_fallback: "1" };
  // A refusal is an answer here, and not to be logged.
  return { ...session, logSeverityLevel: 4, extra: { ...extra, session: entries } };
}

const hasOtherProvider = ({ executionProviders = [] }: SessionOptions): boolean =>
  executionProviders.some((provider) => {
    const name = typeof provider === "string" ? provider : provider.name;
    return name !== "cpu" && name !== "wasm";
  });
