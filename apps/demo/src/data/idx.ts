import { PIXELS, SIDE } from "./digits.js";

/** A file of an IDX data set, unzipped, and the name that messages give it. */
export interface IdxFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const IMAGES_MAGIC = 2051;
const LABELS_MAGIC = 2049;
const OWNER = "readIdxDirectory";

/**
 * The images of an IDX file: big-endian words magic, count, rows and columns, then a byte a pixel.
 * @returns `[count, 784]`, a view of the file's bytes.
 * @throws {Error} If it is no IDX file of at least one image of 28x28, or has another length.
 */
export function idxImages({ path, bytes }: IdxFile): Uint8Array {
  const [count, rows, columns] = header({ path, bytes }, { magic: IMAGES_MAGIC, sizes: 3 });
  if (rows !== SIDE || columns !== SIDE) {
    throw new Error(`${OWNER}: ${path} must hold images of 28x28, got ${rows}x${columns}`);
  }
  return body({ path, bytes }, { start: 16, length: count * PIXELS });
}

/**
 * The labels of an IDX file: big-endian words magic and count, then a byte a label.
 * @returns `[count]`, a view of the file's bytes.
 * @throws {Error} If it is no IDX file of at least one label in 0 to 9, or has another length.
 */
export function idxLabels({ path, bytes }: IdxFile): Uint8Array {
  const [count] = header({ path, bytes }, { magic: LABELS_MAGIC, sizes: 1 });
  const labels = body({ path, bytes }, { start: 8, length: count });
  const wrong = labels.findIndex((label) => label > 9);
  if (wrong !== -1) {
    throw new Error(
      `${OWNER}: ${path} must hold labels from 0 to 9, got ${labels[wrong]} at index ${wrong}`,
    );
  }
  return labels;
}

/** The sizes that follow the magic number, of which the first counts entries. */
function header(
  { path, bytes }: IdxFile,
  { magic, sizes }: { readonly magic: number; readonly sizes: number },
): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = bytes.length >= 4 ? view.getUint32(0) : undefined;
  if (found !== magic) {
    throw new Error(
      `${OWNER}: ${path} must be an IDX file that starts with ${magic}, got ${found ?? "no header"}`,
    );
  }
  const length = 4 + 4 * sizes;
  if (bytes.length < length) {
    throw new Error(
      `${OWNER}: ${path} must have ${length} bytes of header, got ${bytes.length} bytes`,
    );
  }
  const values = Array.from({ length: sizes }, (_, i) => view.getUint32(4 + 4 * i));
  if (values[0] === 0) throw new Error(`${OWNER}: ${path} must hold at least 1 entry, got 0`);
  return values;
}

function body(
  { path, bytes }: IdxFile,
  { start, length }: { readonly start: number; readonly length: number },
): Uint8Array {
  if (bytes.length !== start + length) {
    throw new Error(
      `${OWNER}: ${path} must unzip to the ${start + length} bytes that its header announces, got ${bytes.length}`,
    );
  }
  return bytes.subarray(start);
}
