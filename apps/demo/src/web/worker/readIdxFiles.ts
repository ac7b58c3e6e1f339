import { type DigitSet, type Digits, digitsOf, PIXELS } from "../../data/digits.js";
import { type IdxFile, idxImages, idxLabels } from "../../data/idx.js";

/** The four files of a data set in the form of MNIST, as `t10k-labels-idx1-ubyte.gz` or without `.gz`. */
export const IDX_FILE: RegExp = /^(train|t10k)-(images|labels)[-.]idx[13]-ubyte(\.gz)?$/;

/**
 * Reads a data set of four files, of which `t10k` becomes the validation half.
 * @param name What the set is called.
 * @throws {Error} If a file is missing, damaged, no IDX file of 28x28 images or of labels 0 to 9, or if images
 * and labels differ in number.
 */
export async function readIdxFiles(name: string, files: readonly File[]): Promise<Digits> {
  return digitsOf({
    name,
    train: await halfOf(files, "train"),
    validation: await halfOf(files, "t10k"),
  });
}

async function halfOf(files: readonly File[], half: "train" | "t10k"): Promise<DigitSet> {
  const open = async (kind: "images" | "labels"): Promise<IdxFile> => {
    const file = files.find(
      ({ name }) => IDX_FILE.test(name) && name.startsWith(`${half}-${kind}`),
    );
    if (file === undefined) {
      throw new Error(`readIdxFiles: files must hold ${half}-${kind}, got none`);
    }
    return { path: file.name, bytes: await bytesOf(file) };
  };
  return digitSetOf(idxImages(await open("images")), idxLabels(await open("labels")));
}

function digitSetOf(images: Uint8Array, labels: Uint8Array): DigitSet {
  const count = images.length / PIXELS;
  if (labels.length !== count) {
    throw new Error(
      `readIdxFiles: labels must be one for each of the ${count} images, got ${labels.length}`,
    );
  }
  return { images, labels, count };
}

async function bytesOf(file: File): Promise<Uint8Array> {
  const stream = file.name.endsWith(".gz")
    ? file.stream().pipeThrough(new DecompressionStream("gzip"))
    : file.stream();
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new Error(`readIdxFiles: ${file.name} must be an undamaged gzip file, got another`, {
      cause,
    });
  }
}
