import { open, realpath } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { tensorLabel } from "../labels/tensorLabel.js";
import { encodeParts } from "../model/encodeModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { type CopyOptions, copyFile } from "./copyFile.js";
import { tensorFiles } from "./tensorFiles.js";
import { writeFiles } from "./writeFiles.js";

export interface WriteModelOptions extends CopyOptions {
  /** The file that the model was read from, in whose folder its external data is; default: the new file itself. */
  readonly source?: string;
  /** Replaces files of external data that are there; without it they are an error. */
  readonly overwrite?: boolean;
}

/**
 * Writes a model to a file. In the folder of its source it goes on reading the same external data; into
 * another folder that data is copied, under the names that the model has for it. Files get their names
 * when all are complete: a run that fails or is stopped leaves none.
 * @throws {Error} If the folder is not there, external data is not there or would be replaced, or the
 * model has 2 GiB or more without external data.
 * @throws The signal's reason, if it is aborted.
 */
export async function writeModel(
  model: OnnxModel,
  path: string,
  { source = path, overwrite = false, ...copy }: WriteModelOptions = {},
): Promise<void> {
  const folder = await folderOf(path);
  const sourceFolder = await folderOf(source);
  const target = join(folder, basename(path));
  const parts = encodeParts("writeModel", model);
  const data = await tensorFiles("writeModel", model, source);
  const copies = new Map<string, string>();
  for (const file of data) {
    const copied = join(folder, relative(sourceFolder, file.path));
    if (copied === target) {
      throw new Error(
        `writeModel: path must not be where the data of ${tensorLabel(file.tensor)} is, got ${path}`,
      );
    }
    if (copied !== file.path) copies.set(copied, file.path);
  }
  const copied = Array.from(copies, ([to, from]) => ({
    path: to,
    isNew: !overwrite,
    write: (temporary: string) => copyFile(from, temporary, copy),
  }));
  // The model comes last: once it is there, its data is.
  const written = { path: target, write: (temporary: string) => writeParts(temporary, parts) };
  await writeFiles("writeModel", folder, [...copied, written]);
}

async function folderOf(path: string): Promise<string> {
  const folder = dirname(path);
  return realpath(folder).catch((cause) => {
    throw new Error(`writeModel: path must be in a folder that is there, got ${path}`, { cause });
  });
}

async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, "wx");
  try {
    for (const part of parts) await file.writeFile(part);
    await file.datasync();
  } finally {
    await file.close();
  }
}
