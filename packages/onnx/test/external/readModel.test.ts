import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tensorData } from "../../src/graph.js";
import { dropout, encodeModel, insertDropout } from "../../src/index.js";
import { readModel, readTensor, writeModel } from "../../src/node.js";
import { externalModel, modelFolder, sparseFile } from "./externalModel.js";

let folder: string;
beforeEach(async () => {
  folder = await modelFolder();
});
afterEach(() => rm(folder, { recursive: true }));

const encode = (entries: Readonly<Record<string, string>>, size = 2): Uint8Array =>
  encodeModel(externalModel(entries, size));

const read = (entries: Readonly<Record<string, string>>): Promise<unknown> =>
  writeFile(join(folder, "model.onnx"), encode(entries)).then(() =>
    readModel(join(folder, "model.onnx")),
  );

describe("readModel", () => {
  test("external data stays in its file until one asks for it", async () => {
    const path = join(folder, "model.onnx");
    const { graph } = await readModel(path);
    expect(graph.initializer[0].rawData).toHaveLength(0);
    const { data } = tensorData(await readTensor(graph.initializer[0], path));
    expect(data).toEqual(Float32Array.of(1, -2));
  });

  test("a file in a folder of the model's folder is fine, and one without a length goes to its end", async () => {
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "sub", "w.bin"), new Uint8Array(8));
    await expect(read({ location: "sub/w.bin" })).resolves.toBeDefined();
    await expect(read({ location: "w.bin", offset: "4" })).resolves.toBeDefined();
  });

  test.each([
    "",
    "../w.bin",
    "sub/../../w.bin",
    "..\\w.bin",
    "sub\\..\\..\\w.bin",
    "..",
    "/etc/passwd",
    "\\\\server\\share\\w.bin",
    "\\w.bin",
    "C:\\w.bin",
    "c:w.bin",
    "w.bin\0.txt",
    "sub/",
  ])("location %j is refused by its name", async (location) => {
    await expect(read({ location })).rejects.toThrow(
      `externalDataOf: location of tensor w must be a path inside the model's folder, got ${JSON.stringify(location)}`,
    );
  });

  test.each<Readonly<Record<string, string>>>([
    { offset: "-1" },
    { offset: "0x10" },
    { offset: "1e3" },
    { length: "99999999999999999999" },
    { length: " 8" },
  ])("%j is no size", async (entries) => {
    const [[key, value]] = Object.entries(entries);
    await expect(read({ location: "w.bin", ...entries })).rejects.toThrow(
      `externalDataOf: ${key} of tensor w must be an integer in [0, 2^53), got ${value}`,
    );
  });

  test.each([
    [{ offset: "8", length: "8" }, "lie in its file of 12 bytes, got 8 bytes at 8 of w.bin"],
    [{ offset: "13" }, "lie in its file of 12 bytes, got -1 bytes at 13 of w.bin"],
    [{ length: "4" }, "be 8 bytes, got 4 bytes at 0 of w.bin"],
  ])("%j is refused", async (entries, sentence) => {
    await expect(read({ location: "w.bin", ...entries })).rejects.toThrow(
      `readModel: external data of tensor w must ${sentence}`,
    );
  });

  test("a link that leaves the folder is refused, as a file and on the way to one", async () => {
    const other = await modelFolder();
    await symlink(join(other, "w.bin"), join(folder, "link.bin"));
    await symlink(other, join(folder, "sub"));
    await symlink(join(folder, "w.bin"), join(folder, "inside.bin"));
    const sentence = `readModel: external data of tensor w must be in the model's folder, got a link to ${join(other, "w.bin")}`;
    await expect(read({ location: "link.bin", offset: "4" })).rejects.toThrow(sentence);
    await expect(read({ location: "sub/w.bin", offset: "4" })).rejects.toThrow(sentence);
    await expect(read({ location: "inside.bin", offset: "4" })).resolves.toBeDefined();
    await rm(other, { recursive: true });
  });

  test("what is no file is refused", async () => {
    await mkdir(join(folder, "sub"));
    for (const location of ["none.bin", "sub"]) {
      await expect(read({ location })).rejects.toThrow(
        `readModel: external data of tensor w must be a file, got ${join(folder, location)}`,
      );
    }
    await expect(readModel(join(folder, "none.onnx"))).rejects.toThrow(
      `readModel: path must be a file that can be read, got ${join(folder, "none.onnx")}`,
    );
  });

  test("1 GB of external data is not read, to transform its model and write it", async () => {
    const floats = 2 ** 28;
    await sparseFile(join(folder, "large.bin"), 4 * floats);
    await writeFile(join(folder, "model.onnx"), encode({ location: "large.bin" }, floats));
    const before = process.memoryUsage().arrayBuffers;
    const model = await readModel(join(folder, "model.onnx"));
    const variant = dropout({ rate: 0.5 });
    const noisy = insertDropout(model, { variant, after: { opType: "Relu" } });
    await writeModel(noisy, join(folder, "noisy.onnx"));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    await expect(readModel(join(folder, "noisy.onnx"))).resolves.toBeDefined();
  });
});
