import { readFile } from "node:fs/promises";
import { dropout } from "@dropoutkit/core";
import { insertDropout, stripDropout } from "@dropoutkit/onnx";
import * as runtime from "onnxruntime-web";
import type { Framework } from "../experiment/frameworks.js";
import { modelLearner } from "../experiment/modelLearner.js";

/** The caller's own model, in the framework that can read it. */
export async function modelFramework(
  file: string,
  { rate, after }: { readonly rate: number; readonly after?: readonly string[] },
): Promise<Framework> {
  const clean = stripDropout(await readModel(file));
  const noisy = insertDropout(clean, {
    variant: dropout({ rate }),
    after: after === undefined ? { opType: "Relu" } : { tensor: after },
  });
  return {
    name: "onnxruntime-web (wasm)",
    learner: ({ noise, seed, saved }) =>
      modelLearner({ runtime, seed, model: noise === undefined ? clean : noisy, saved }),
  };
}

async function readModel(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Error(`demo: model must be a file that can be read, got ${file}`, { cause });
  }
}
