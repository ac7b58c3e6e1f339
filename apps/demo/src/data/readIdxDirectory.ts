import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type DigitSet, type Digits, digitsOf, PIXELS } from "./digits.js";
import { type IdxFile, idxImages, idxLabels } from "./idx.js";

const unzip = promisify(gunzip);

/**
 * Reads a data set in the form of MNIST: a folder with `train-images-idx3-ubyte.gz`,
 * `train-labels-idx1-ubyte.gz`, and the same with `t10k`, which becomes the validation half.
 * `images.idx3` in the place of `images-idx3` is accepted. Its name is the folder's.
 * @throws {Error} If a file is missing or unreadable, is not gzip or damaged, is no IDX file of
 * 28x28 images or of labels 0 to 9, is truncated or too long, or if images and labels differ in
 * number.
 */
export async function readIdxDirectory(directory: string): Promise<Digits> {
  return digitsOf({
    name: basename(resolve(directory)),
    train: await readHalf(directory, "train"),
    validation: await readHalf(directory, "t10k"),
  });
}

async function readHalf(directory: string, half: "train" | "t10k"): Promise<DigitSet> {
  const images = idxImages(await readGzip(join(directory, `${half}-images-idx3-ubyte.gz`)));
  const labelFile = await readGzip(join(directory, `${half}-labels-idx1-ubyte.gz`));
  const labels = idxLabels(labelFile);
  const count = images.length / PIXELS;
  if (labels.length !== count) {
    throw new Error(
      `readIdxDirectory: ${labelFile.path} must hold a label for each of the ${count} images, got ${labels.length}`,
    );
  }
  return { images, labels, count };
}

async function readGzip(name: string): Promise<IdxFile> {
  const other = name.replace(/-(idx\d-ubyte\.gz)$/, ".$1");
  const found = (await readIfThere(name)) ?? (await readIfThere(other));
  if (found === undefined) {
    throw new Error(`readIdxDirectory: ${name} must exist, got no such file`);
  }
  const { path, bytes } = found;
  if (!(bytes[0] === 0x1f && bytes[1] === 0x8b)) {
    throw new Error(`readIdxDirectory: ${path} must be a gzip file, got something else`);
  }
  try {
    return { path, bytes: await unzip(bytes) };
  } catch (error) {
    throw new Error(
      `readIdxDirectory: ${path} must be an undamaged gzip file, got ${messageOf(error)}`,
    );
  }
}

async function readIfThere(path: string): Promise<IdxFile | undefined> {
  try {
    return { path, bytes: await readFile(path) };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new Error(
      `readIdxDirectory: ${path} must be a readable file, got ${codeOf(error) ?? messageOf(error)}`,
    );
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
