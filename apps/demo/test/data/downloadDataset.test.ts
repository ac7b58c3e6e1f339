import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { drawUniform } from "@dropoutkit/core/adapter";
import { describe, expect, it } from "vitest";
import { datasets } from "../../src/data/datasets.js";
import { downloadDataset } from "../../src/data/downloadDataset.js";
import { hasSharedData, sharedData, sharedDataNote } from "../sharedData.js";
import { fileServer, refuse, sendAll, sendRange, stallAfter } from "./fileServer.js";
import { temporaryDirectory } from "./temporaryDirectory.js";

// Noise does not compress: 40,000 bytes stay 40,000 bytes.
const noise = drawUniform({ seed: 1, site: "download", step: 0, shape: [40000] });
const content = Uint8Array.from(noise, (value) => 256 * value);
const bytes = gzipSync(content);
const hash = createHash("sha256").update(content).digest("hex");
const reversed = content.slice().reverse();
const other = gzipSync(reversed);
const otherHash = createHash("sha256").update(reversed).digest("hex");
const hashes = { "a.gz": hash };

describe("downloadDataset", () => {
  it("fetches every file under its name, tells how far it is, and returns the folder", async () => {
    const directory = join(await temporaryDirectory(), "new", "folder");
    const server = await fileServer({ "a.gz": bytes, "b.gz": other }, sendRange);
    const progress: unknown[] = [];
    const result = await downloadDataset({
      directory,
      mirrors: [server.url],
      hashes: { "a.gz": hash, "b.gz": otherHash },
      onProgress: (step) => progress.push(step),
    });
    expect(result).toBe(directory);
    expect((await readdir(directory)).sort()).toEqual(["a.gz", "b.gz"]);
    expect(await readFile(join(directory, "a.gz"))).toEqual(bytes);
    expect(progress).toContainEqual({ file: "a.gz", received: bytes.length, total: bytes.length });
    expect(progress.at(-1)).toEqual({ file: "b.gz", received: other.length, total: other.length });
  });

  it("asks for nothing that is there and intact, and replaces what is damaged", async () => {
    const directory = await temporaryDirectory();
    const server = await fileServer({ "a.gz": bytes, "b.gz": other }, sendRange);
    await writeFile(join(directory, "a.gz"), gzipSync(content, { level: 1 }));
    await writeFile(join(directory, "b.gz"), other.subarray(0, 1000));
    await downloadDataset({
      directory,
      mirrors: [server.url],
      hashes: { "a.gz": hash, "b.gz": otherHash },
    });
    expect(server.requests).toEqual(["b.gz@0"]);
    expect(await readFile(join(directory, "b.gz"))).toEqual(other);
  });

  it("takes up a cut connection where it was cut", async () => {
    const directory = await temporaryDirectory();
    const server = await fileServer({ "a.gz": bytes }, stallAfter(10000), sendRange);
    await downloadDataset({
      directory,
      mirrors: [server.url],
      hashes,
      onProgress: server.cutAt(10000),
    });
    expect(server.requests).toEqual(["a.gz@0", "a.gz@10000"]);
    expect(await readFile(join(directory, "a.gz"))).toEqual(bytes);
  });

  it("resumes what an earlier call left, and never shows it under the final name", async () => {
    const directory = await temporaryDirectory();
    const server = await fileServer({ "a.gz": bytes }, stallAfter(10000), refuse(503), sendRange);
    const options = { directory, mirrors: [server.url], hashes, onProgress: server.cutAt(10000) };
    await expect(downloadDataset(options)).rejects.toThrow("HTTP status 503");
    expect(await readdir(directory)).toEqual([expect.stringMatching(/^a\.gz\.[0-9a-f]{8}\.part$/)]);
    await downloadDataset(options);
    expect(server.requests.at(-1)).toBe("a.gz@10000");
    expect(await readdir(directory)).toEqual(["a.gz"]);
  });

  it("starts afresh where the server ignores Range", async () => {
    const directory = await temporaryDirectory();
    const server = await fileServer({ "a.gz": bytes }, stallAfter(10000), sendAll);
    await downloadDataset({
      directory,
      mirrors: [server.url],
      hashes,
      onProgress: server.cutAt(10000),
    });
    expect(server.requests).toEqual(["a.gz@0", "a.gz@10000"]);
    expect(await readFile(join(directory, "a.gz"))).toEqual(bytes);
  });

  it("starts afresh where a part is of other bytes, and takes a part that is whole", async () => {
    const directory = await temporaryDirectory();
    const server = await fileServer({ "a.gz": bytes }, stallAfter(10000), refuse(503), sendRange);
    const options = { directory, mirrors: [server.url], hashes, onProgress: server.cutAt(10000) };
    await expect(downloadDataset(options)).rejects.toThrow();
    const [part] = await readdir(directory);
    await writeFile(join(directory, part), other.subarray(0, 10000));
    await downloadDataset(options);
    expect(server.requests.slice(2)).toEqual(["a.gz@10000", "a.gz@0"]);
    expect(await readFile(join(directory, "a.gz"))).toEqual(bytes);

    await writeFile(join(directory, "a.gz"), "damaged");
    await writeFile(join(directory, part), bytes);
    await downloadDataset(options);
    expect(server.requests.slice(4)).toEqual([`a.gz@${bytes.length}`]);
    expect(await readdir(directory)).toEqual(["a.gz"]);
  });

  it("goes on to the next mirror, which does not get the first one's part", async () => {
    const directory = await temporaryDirectory();
    const first = await fileServer({ "a.gz": bytes }, stallAfter(10000), refuse(500));
    const repacked = gzipSync(content, { level: 1 });
    const second = await fileServer({ "a.gz": repacked }, sendRange);
    await downloadDataset({
      directory,
      mirrors: [first.url, second.url],
      hashes,
      onProgress: first.cutAt(10000),
    });
    expect(first.requests).toEqual(["a.gz@0", "a.gz@10000"]);
    expect(second.requests).toEqual(["a.gz@0"]);
    expect(await readFile(join(directory, "a.gz"))).toEqual(repacked);
  });

  it("says in one sentence why each mirror failed, and keeps no wrong bytes", async () => {
    const directory = await temporaryDirectory();
    const wrong = await fileServer({ "a.gz": other }, sendRange);
    const damaged = await fileServer({ "a.gz": content }, sendRange);
    const missing = await fileServer({}, refuse(404));
    const mirrors = [wrong.url, damaged.url, missing.url];
    await expect(downloadDataset({ directory, mirrors, hashes })).rejects.toThrow(
      new Error(
        `downloadDataset: a.gz must come intact from one of 3 mirrors, got ` +
          `${wrong.url}: unzipped sha256 must be ${hash}, got ${otherHash}; ` +
          `${damaged.url}: unzipped sha256 must be ${hash}, got no intact gzip file; ` +
          `${missing.url}: HTTP status 404`,
      ),
    );
    expect(await readdir(directory)).toEqual([]);
  });

  it("says why a server cannot be reached", async () => {
    const directory = await temporaryDirectory();
    // Port 9 discards and is closed on a computer of today; `fetch` may also bar it by itself.
    const mirrors = ["http://127.0.0.1:9/"];
    await expect(downloadDataset({ directory, mirrors, hashes })).rejects.toThrow(
      /^downloadDataset: a\.gz must come intact from one of 1 mirrors, got http:\/\/127\.0\.0\.1:9\/: .*(ECONNREFUSED|bad port)/,
    );
  });

  it("stops with the signal's reason, asks no other mirror, and keeps the part", async () => {
    const directory = await temporaryDirectory();
    const server = await fileServer({ "a.gz": bytes }, stallAfter(10000));
    const unused = await fileServer({ "a.gz": bytes }, sendRange);
    const controller = new AbortController();
    const reason = new Error("enough");
    await expect(
      downloadDataset({
        directory,
        mirrors: [server.url, unused.url],
        hashes,
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      }),
    ).rejects.toBe(reason);
    expect(unused.requests).toEqual([]);
    const [part] = await readdir(directory);
    expect(part).toMatch(/\.part$/);
    await expect(
      downloadDataset({ directory, mirrors: [unused.url], hashes, signal: controller.signal }),
    ).rejects.toBe(reason);
    expect(unused.requests).toEqual([]);
  });

  it.skipIf(!hasSharedData).each([
    ["mnist", datasets.mnist],
    ["fashion-mnist", datasets.fashion],
  ])(`knows the hashes of %s${sharedDataNote}`, async (folder, dataset) => {
    // With no mirror to ask, only a folder in which every hash is right comes back.
    const directory = sharedData(folder);
    expect(await downloadDataset({ ...dataset, directory, mirrors: [] })).toBe(directory);
  });
});
