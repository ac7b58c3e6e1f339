import { realpath, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { tensorLabel } from "../labels/tensorLabel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { TensorProto } from "../model/schema.js";
import { elementBytes } from "../model/tensorType.js";
import { type ExternalData, externalDataOf, externalTensors } from "./externalData.js";

/** A tensor's bytes in a file that is there. */
export interface TensorFile {
  readonly tensor: TensorProto;
  readonly location: string;
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Finds the external data of a model's tensors in the folder of the model's file; no data is read.
 * @throws {Error} If a path leaves the folder, by a symbolic link too, a file is not there, or a
 * tensor's bytes do not lie in it.
 */
export async function tensorFiles(
  owner: string,
  model: OnnxModel,
  modelPath: string,
): Promise<TensorFile[]> {
  const files: TensorFile[] = [];
  for (const tensor of externalTensors(model)) {
    files.push(await tensorFile(owner, tensor, modelPath));
  }
  return files;
}

/** `tensorFiles` of one tensor, whose data must be external. */
export async function tensorFile(
  owner: string,
  tensor: TensorProto,
  modelPath: string,
): Promise<TensorFile> {
  const { location, offset, length } = externalDataOf(tensor);
  const data = `${owner}: external data of ${tensorLabel(tensor)}`;
  const folder = await realpath(dirname(modelPath));
  const path = join(folder, ...location.split(/[/\\]/));
  const target = await realpath(path).catch(() => undefined);
  const file = target === undefined ? undefined : await stat(target);
  if (target === undefined || !file?.isFile()) {
    throw new Error(`${data} must be a file, got ${path}`);
  }
  if (!isInFolder(target, folder)) {
    throw new Error(`${data} must be in the model's folder, got a link to ${target}`);
  }
  const bytes = length ?? file.size - offset;
  checkRange(data, tensor, { location, offset, length: bytes, size: file.size });
  return { tensor, location, path, offset, length: bytes };
}

/** Of two real paths. */
export const isInFolder = (path: string, folder: string): boolean =>
  path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

function checkRange(
  data: string,
  { dataType, dims }: TensorProto,
  {
    location,
    offset,
    length,
    size,
  }: Required<ExternalData> & { readonly length: number; readonly size: number },
): void {
  const got = `${length} bytes at ${offset} of ${location}`;
  if (length < 0 || offset + length > size) {
    throw new Error(`${data} must lie in its file of ${size} bytes, got ${got}`);
  }
  const bytes = elementBytes(dataType);
  const wanted = dims.reduce((product, dim) => product * Number(dim), bytes ?? 0);
  if (bytes !== undefined && length !== wanted) {
    throw new Error(`${data} must be ${wanted} bytes, got ${got}`);
  }
}
