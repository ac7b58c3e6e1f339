import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { dropout } from "@dropoutkit/core";
import {
  embedWeights,
  insertDropout,
  inspectDropout,
  type OnnxModel,
  stripDropout,
} from "@dropoutkit/onnx";
import * as runtime from "onnxruntime-web";
import type { Framework } from "../experiment/frameworks.js";
import { isActivation } from "../experiment/isActivation.js";
import { modelLearner } from "../experiment/modelLearner.js";
import { trainableModel } from "../experiment/trainableModel.js";

export interface ModelFrameworkOptions {
  readonly rate: number;
  /** Names of the tensors that dropout follows. Default: those of activations. */
  readonly after?: readonly string[];
}

/** The caller's own model, in the framework that can read it, and what was changed so that it can be trained. */
export async function modelFramework(
  file: string,
  { rate, after }: ModelFrameworkOptions,
): Promise<{ readonly framework: Framework; readonly notes: readonly string[] }> {
  const given = await embedWeights(await readModel(file), (location) =>
    readModel(join(dirname(file), location)),
  );
  const { model, notes } = trainableModel(given);
  const clean = stripDropout(model);
  const noisy = insertDropout(clean, {
    variant: dropout({ rate }),
    after: { tensor: after ?? activationsOf(clean) },
  });
  const framework: Framework = {
    name: "onnxruntime-web (wasm)",
    learner: ({ noise, seed, saved }) =>
      modelLearner({ runtime, seed, model: noise === undefined ? clean : noisy, saved }),
  };
  return { framework, notes };
}

/** @throws {Error} If there is none. */
function activationsOf(model: OnnxModel): string[] {
  const places = inspectDropout(model).places.filter(({ opType = "" }) => isActivation(opType));
  if (places.length === 0) {
    const operators = [...new Set(model.graph.node.map(({ opType }) => opType))].join(", ");
    throw new Error(
      `demo: model must have an activation that dropout can follow, or --after must name a tensor, got ${operators}`,
    );
  }
  return places.map(({ tensor }) => tensor);
}

/** A model's file, or one of its weights. */
async function readModel(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Error(`demo: model must be a file that can be read, got ${file}`, { cause });
  }
}
