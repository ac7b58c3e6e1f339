import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readIdxDirectory } from "../../src/data/readIdxDirectory.js";
import { hasSharedData, sharedData, sharedDataNote } from "../sharedData.js";
import { idxBytes } from "./idxBytes.js";
import { temporaryDirectory } from "./temporaryDirectory.js";

const IMAGES = "train-images-idx3-ubyte.gz";
const LABELS = "train-labels-idx1-ubyte.gz";

const images = idxBytes(2051, [2, 28, 28], new Uint8Array(2 * 784).fill(51, 784));
const labels = idxBytes(2049, [2], [3, 9]);

/** A folder with a whole small data set. */
async function smallSet(): Promise<string> {
  const directory = await temporaryDirectory();
  for (const half of ["train", "t10k"]) {
    await writeFile(join(directory, `${half}-images-idx3-ubyte.gz`), gzipSync(images));
    await writeFile(join(directory, `${half}-labels-idx1-ubyte.gz`), gzipSync(labels));
  }
  return directory;
}

describe("readIdxDirectory", () => {
  it("reads images, labels, and the mean and deviation of the training pixels", async () => {
    const directory = await smallSet();
    const { name, train, validation, mean, deviation } = await readIdxDirectory(directory);
    expect(name).toBe(basename(directory));
    for (const set of [train, validation]) {
      expect(set.count).toBe(2);
      expect(set.labels).toEqual(Buffer.of(3, 9));
      expect(set.images).toEqual(Buffer.from(images.subarray(16)));
    }
    // Half of the pixels are 0, half 51 / 255 = 1/5. 1e-15: a few roundings of numbers below 1.
    expect(Math.abs(mean - 0.1)).toBeLessThan(1e-15);
    expect(Math.abs(deviation - 0.1)).toBeLessThan(1e-15);
  });

  it("accepts a dot before idx", async () => {
    const directory = await smallSet();
    await rename(join(directory, IMAGES), join(directory, "train-images.idx3-ubyte.gz"));
    expect((await readIdxDirectory(directory)).train.count).toBe(2);
  });

  const cases: readonly (readonly [
    what: string,
    file: string,
    content: Uint8Array,
    message: string,
  ])[] = [
    ["a file that is not gzip", IMAGES, images, "must be a gzip file, got something else"],
    ["an empty file", LABELS, new Uint8Array(0), "must be a gzip file, got something else"],
    [
      "a truncated gzip file",
      IMAGES,
      gzipSync(images).subarray(0, -10),
      "must be an undamaged gzip file, got unexpected end of file",
    ],
    [
      "labels in the place of images",
      IMAGES,
      gzipSync(labels),
      "must be an IDX file that starts with 2051, got 2049",
    ],
    [
      "images in the place of labels",
      LABELS,
      gzipSync(images),
      "must be an IDX file that starts with 2049, got 2051",
    ],
    [
      "a file of three bytes",
      LABELS,
      gzipSync(labels.subarray(0, 3)),
      "must be an IDX file that starts with 2049, got no header",
    ],
    [
      "a header that ends early",
      IMAGES,
      gzipSync(images.subarray(0, 12)),
      "must have 16 bytes of header, got 12 bytes",
    ],
    [
      "truncated images",
      IMAGES,
      gzipSync(images.subarray(0, -1)),
      "must unzip to the 1584 bytes that its header announces, got 1583",
    ],
    [
      "bytes after the labels",
      LABELS,
      gzipSync(idxBytes(2049, [2], [3, 9, 1])),
      "must unzip to the 10 bytes that its header announces, got 11",
    ],
    [
      "images of another size",
      IMAGES,
      gzipSync(idxBytes(2051, [2, 14, 56], images.subarray(16))),
      "must hold images of 28x28, got 14x56",
    ],
    [
      "no images",
      IMAGES,
      gzipSync(idxBytes(2051, [0, 28, 28], [])),
      "must hold at least 1 entry, got 0",
    ],
    [
      "counts that disagree",
      LABELS,
      gzipSync(idxBytes(2049, [3], [3, 9, 1])),
      "must hold a label for each of the 2 images, got 3",
    ],
    [
      "a label out of range",
      LABELS,
      gzipSync(idxBytes(2049, [2], [3, 10])),
      "must hold labels from 0 to 9, got 10 at index 1",
    ],
  ];
  it.each(cases)("rejects %s, naming the file", async (_, file, content, message) => {
    const directory = await smallSet();
    const path = join(directory, file);
    await writeFile(path, content);
    await expect(readIdxDirectory(directory)).rejects.toThrow(
      new Error(`readIdxDirectory: ${path} ${message}`),
    );
  });

  it("rejects a missing file and a folder in its place", async () => {
    const directory = await smallSet();
    const path = join(directory, "t10k-labels-idx1-ubyte.gz");
    await rm(path);
    await expect(readIdxDirectory(directory)).rejects.toThrow(
      new Error(`readIdxDirectory: ${path} must exist, got no such file`),
    );
    await mkdir(path);
    await expect(readIdxDirectory(directory)).rejects.toThrow(
      new Error(`readIdxDirectory: ${path} must be a readable file, got EISDIR`),
    );
  });

  it.skipIf(!hasSharedData)(`reads MNIST with its usual constants${sharedDataNote}`, async () => {
    const { name, train, validation, mean, deviation } = await readIdxDirectory(
      sharedData("mnist"),
    );
    expect(name).toBe("mnist");
    expect([train.count, validation.count]).toEqual([60000, 10000]);
    // The well-known figures have four digits.
    expect(Math.abs(mean - 0.1307)).toBeLessThan(5e-5);
    expect(Math.abs(deviation - 0.3081)).toBeLessThan(5e-5);
    expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  });
});
