import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { copyMessage, tensorData } from "../../src/graph.js";
import { readModel, readTensor, writeModel } from "../../src/node.js";
import { externalModel, modelFolder } from "./externalModel.js";

let folder: string;
let other: string;
beforeEach(async () => {
  folder = await modelFolder();
  other = await mkdtemp(join(tmpdir(), "dropoutkit-other-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await rm(other, { recursive: true });
});

const source = (): string => join(folder, "model.onnx");

async function weightsOf(path: string): Promise<unknown> {
  const { graph } = await readModel(path);
  return tensorData(await readTensor(graph.initializer[0], path)).data;
}

describe("writeModel", () => {
  test("in the folder of its source a model goes on reading the same file", async () => {
    await writeModel(await readModel(source()), join(folder, "copy.onnx"), { source: source() });
    expect(await readFile(join(folder, "copy.onnx"))).toEqual(await readFile(source()));
    expect((await readdir(folder)).sort()).toEqual(["copy.onnx", "model.onnx", "w.bin"]);
  });

  test("into another folder the data goes along, with its folders", async () => {
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "sub", "w.bin"), new Uint8Array(Float32Array.of(3, 4).buffer));
    const model = externalModel({ location: "sub/w.bin" });
    const heard: number[] = [];
    const onProgress = ({ copied, total }: { copied: number; total: number }): number =>
      heard.push(copied / total);
    await writeModel(model, join(other, "model.onnx"), { source: source(), onProgress });
    expect(await weightsOf(join(other, "model.onnx"))).toEqual(Float32Array.of(3, 4));
    expect(heard).toEqual([1]);
    expect((await readdir(other)).sort()).toEqual(["model.onnx", "sub"]);
  });

  test("a file of data that is there is replaced only where that is meant", async () => {
    const model = await readModel(source());
    const path = join(other, "model.onnx");
    await writeFile(join(other, "w.bin"), "another's");
    await expect(writeModel(model, path, { source: source() })).rejects.toThrow(
      `writeModel: ${join(other, "w.bin")} must not be there, or be meant to be replaced, got a file`,
    );
    expect(await readdir(other)).toEqual(["w.bin"]);
    await writeModel(model, path, { source: source(), overwrite: true });
    expect(await weightsOf(path)).toEqual(Float32Array.of(1, -2));
  });

  test("the file of the weights is never the model's", async () => {
    const model = await readModel(source());
    for (const path of [join(folder, "w.bin"), join(other, "w.bin")]) {
      await expect(writeModel(model, path, { source: source() })).rejects.toThrow(
        `writeModel: path must not be where the data of tensor w is, got ${path}`,
      );
    }
  });

  test("data that is not in the source's folder is an error, and no file is left", async () => {
    const model = externalModel({ location: "none.bin" });
    await expect(
      writeModel(model, join(other, "model.onnx"), { source: source() }),
    ).rejects.toThrow("writeModel: external data of tensor w must be a file, got");
    expect(await readdir(other)).toEqual([]);
  });

  test("a folder that is not there, and one that is a link to elsewhere, are errors", async () => {
    const model = await readModel(source());
    const path = join(other, "none", "model.onnx");
    await expect(writeModel(model, path, { source: source() })).rejects.toThrow(
      `writeModel: path must be in a folder that is there, got ${path}`,
    );
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "sub", "w.bin"), new Uint8Array(8));
    await symlink(tmpdir(), join(other, "sub"));
    await expect(
      writeModel(externalModel({ location: "sub/w.bin" }), join(other, "model.onnx"), {
        source: source(),
      }),
    ).rejects.toThrow(/must be in .*, got a link to/);
    expect(await readdir(other)).toEqual(["sub"]);
  });

  test("a run that is stopped leaves no file", async () => {
    const model = await readModel(source());
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    await writeFile(join(folder, "v.bin"), new Uint8Array(8));
    const [v] = externalModel({ location: "v.bin" }).graph.initializer;
    model.graph.initializer.push(copyMessage(v, { name: "v" }));
    await expect(
      writeModel(model, join(other, "model.onnx"), {
        source: source(),
        onProgress,
        signal: stop.signal,
      }),
    ).rejects.toThrow("aborted");
    expect(await readdir(other)).toEqual([]);
  });
});
