import { access, mkdir, mkdtemp, realpath, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isInFolder } from "./tensorFiles.js";

/** A file to be written into a folder or one inside it. */
export interface NewFile {
  readonly path: string;
  /** True if a file that is there is an error; it is replaced otherwise. */
  readonly isNew?: boolean;
  /** Writes the file's bytes to another path, where no file is. */
  write(temporary: string): Promise<void>;
}

/**
 * Writes files into a folder, all of them or none: each is complete before the first gets its name.
 * @throws {Error} If a file is there that must not be, or cannot be written.
 */
export async function writeFiles(
  owner: string,
  folder: string,
  files: readonly NewFile[],
): Promise<void> {
  for (const file of files) await checkNew(owner, file);
  const temporary = await mkdtemp(join(folder, ".dropoutkit-"));
  const made: string[] = [];
  try {
    for (const [i, { write }] of files.entries()) await write(join(temporary, String(i)));
    for (const [i, { path }] of files.entries()) {
      await makeFolder(owner, folder, { path, made });
      await rename(join(temporary, String(i)), path);
      made.push(path);
    }
  } catch (error) {
    for (const path of made) await rm(path, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function checkNew(owner: string, { path, isNew }: NewFile): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isNew && isThere) {
    throw new Error(`${owner}: ${path} must not be there, or be meant to be replaced, got a file`);
  }
}

/** Makes the folders on the way to a file, none of which may be a link to elsewhere. */
async function makeFolder(
  owner: string,
  folder: string,
  { path, made }: { readonly path: string; readonly made: string[] },
): Promise<void> {
  const parent = dirname(path);
  const first = await mkdir(parent, { recursive: true });
  if (first !== undefined) made.push(first);
  const real = await realpath(parent);
  if (real !== folder && !isInFolder(real, folder)) {
    throw new Error(`${owner}: ${path} must be in ${folder}, got a link to ${real}`);
  }
}
