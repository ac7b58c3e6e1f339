import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "../src/cli/runCommand.js";
import type { Streams } from "../src/cli/Streams.js";
import { GraphBuilder, makeTensor, makeValueInfo, sitesOf, tensorInfoOf } from "../src/graph.js";
import { encodeModel, inspectDropout, type OnnxModel } from "../src/index.js";
import { readModel } from "../src/node.js";
import { modelFolder } from "./external/externalModel.js";
import { plainCase, recurrentModel } from "./recurrent/recurrentModel.js";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** A folder with `model.onnx`, one Relu named `hidden` whose weights are in `w.bin`. */
let folder: string;
beforeEach(async () => {
  folder = await modelFolder();
});
afterEach(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in a process of its own. */
function spawned(...args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const outcome = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (data) => {
      outcome[name] += data;
    });
  }
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, ...outcome }));
  });
}

/** The same in this process, which spares it the start. */
async function run(...args: readonly string[]): Promise<Outcome> {
  const outcome = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof outcome): Writable =>
    new Writable({
      write(text, _, done) {
        outcome[name] += text;
        done();
      },
    });
  const streams = { stdout: stream("stdout"), stderr: stream("stderr") } as unknown as Streams;
  const before = process.cwd();
  process.chdir(folder);
  try {
    const code = await runCommand(args, streams, new AbortController().signal);
    return { code, ...outcome };
  } finally {
    process.chdir(before);
  }
}

const insert = ["insert", "model.onnx", "--after", "Relu", "--rate", "0.25"];
const variantOf = async (file: string): Promise<unknown> =>
  inspectDropout(await readModel(join(folder, file))).sites.map(({ variant }) => variant);

describe("dropoutkit-onnx", () => {
  test("as a program it writes, fails and exits as it does here", async () => {
    for (const args of [
      ["inspect", "model.onnx"],
      ["inspect", "none.onnx"],
      ["inspect"],
      ["--help"],
    ]) {
      expect(await spawned(...args)).toEqual(await run(...args));
    }
  });

  test("insert, inspect and strip: what goes in is listed and comes out", async () => {
    const inserted = await run(...insert, "-o", "noisy.onnx");
    expect(inserted).toMatchObject({ code: 0, stderr: "" });
    expect(inserted.stdout).toMatch(/│ hidden .*│ 0\.25 /);
    expect(inserted.stdout).toMatch(/inserted 1 site: noisy\.onnx\n$/);
    const { stdout } = await run("inspect", "noisy.onnx", "--json");
    const { model, sites } = JSON.parse(stdout);
    expect(model).toMatchObject({ opset: 17, externalTensors: 1 });
    expect(sites).toMatchObject([{ site: "hidden", rate: 0.25, noise: "feeds" }]);
    expect(await run("strip", "noisy.onnx", "-o", "clean.onnx")).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, "clean.onnx"))).toEqual(
      await readFile(join(folder, "model.onnx")),
    );
  });

  test.each([
    [["--variant", "alpha-dropout"], "alphaDropout"],
    [["--variant", "gaussian-dropout"], "gaussianDropout"],
    [["--variant", "stochastic-depth", "--per", "batch"], "stochasticDepth"],
    [[], "dropout"],
  ])("insert %j: the variant %s", async (args, variant) => {
    expect(await run(...insert, ...args, "-o", "noisy.onnx")).toMatchObject({ code: 0 });
    expect(await variantOf("noisy.onnx")).toEqual([variant]);
  });

  test("upgrade: the model is at that version, and its noise can be drawn in the graph", async () => {
    const upgraded = await run("upgrade", "model.onnx", "--opset", "18", "-o", "new.onnx");
    expect(upgraded).toMatchObject({ code: 0 });
    const args = ["insert", "new.onnx", "--after", "Relu", "--rate", "0.5", "--noise", "graph"];
    expect(await run(...args, "-o", "noisy.onnx")).toMatchObject({ code: 0 });
    expect(inspectDropout(await readModel(join(folder, "noisy.onnx"))).sites).toMatchObject([
      { noise: "graph" },
    ]);
  });

  test("rates-as-input: the rates that were constants are inputs, once", async () => {
    expect(await run(...insert, "-o", "noisy.onnx")).toMatchObject({ code: 0 });
    const opened = await run("rates-as-input", "noisy.onnx", "-o", "open.onnx");
    expect(opened.stdout).toMatch(/│ hidden .*│ computed /);
    expect(opened.stdout).toMatch(/made the rate of 1 site an input: open\.onnx\n$/);
    const { graph } = await readModel(join(folder, "open.onnx"));
    expect(graph.input.map(({ name }) => name)).toContain("hidden/threshold");
    const again = await run("rates-as-input", "open.onnx", "-o", "again.onnx");
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("nothing to do") });
  });

  test("recurrent-to-scan: a recurrent layer is a loop", async () => {
    const { model } = recurrentModel({ ...plainCase, kind: "GRU" });
    await writeFile(join(folder, "gru.onnx"), encodeModel(model));
    const args = ["recurrent-to-scan", "gru.onnx", "--op", "GRU", "-o", "loops.onnx"];
    expect(await run(...args)).toMatchObject({
      code: 0,
      stdout: "wrote recurrent layers as Scans: loops.onnx\n",
    });
    const { graph } = await readModel(join(folder, "loops.onnx"));
    expect(graph.node.map(({ opType }) => opType)).toContain("Scan");
  });

  test("sort: each node stands behind what it reads", async () => {
    const model = await readModel(join(folder, "model.onnx"));
    const names = (file: OnnxModel) => file.graph.node.map(({ output: [name] }) => name);
    const expected = names(model);
    model.graph.node.reverse();
    await writeFile(join(folder, "unsorted.onnx"), encodeModel(model));
    const { stdout } = await run("sort", "unsorted.onnx", "-o", "sorted.onnx");
    expect(stdout).toBe("sorted the nodes: sorted.onnx\n");
    const sorted = await readFile(join(folder, "sorted.onnx"));
    expect(sorted).toEqual(await readFile(join(folder, "model.onnx")));
    expect(names(await readModel(join(folder, "sorted.onnx")))).toEqual(expected);
  });

  test("name-batch: a model for batches of one size takes any", async () => {
    const builder = new GraphBuilder();
    builder.op("Relu", ["x"], { outputs: ["y"] });
    const value = { type: "float32", dims: [3, 2] } as const;
    const ends = { inputs: [makeValueInfo("x", value)], outputs: [makeValueInfo("y", value)] };
    const bytes = encodeModel(builder.model({ name: "fixed", opset: 17, ...ends }));
    await writeFile(join(folder, "fixed.onnx"), bytes);
    const args = ["name-batch", "fixed.onnx", "--name", "n", "-o", "any.onnx"];
    expect(await run(...args)).toMatchObject({ code: 0, stdout: "named the batch n: any.onnx\n" });
    const { graph } = await readModel(join(folder, "any.onnx"));
    const dims = [...graph.input, ...graph.output].map((end) => tensorInfoOf(end)?.dims);
    expect(dims).toEqual([
      ["n", 2],
      ["n", 2],
    ]);
  });

  test("embed: weights in other files are in the model", async () => {
    const { code, stdout } = await run("embed", "model.onnx", "-o", "whole.onnx");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "embedded the weights: whole.onnx\n" });
    expect((await readdir(folder)).sort()).toEqual(["model.onnx", "w.bin", "whole.onnx"]);
    const told = JSON.parse((await run("inspect", "whole.onnx", "--json")).stdout);
    expect(told.model).toMatchObject({ externalTensors: 0 });
    expect((await run("embed", "whole.onnx", "--dry-run")).stdout).toMatch(/^nothing to do/);
  });

  test("inference: no dropout, and BatchNormalization by running statistics", async () => {
    const builder = new GraphBuilder();
    const ones = (name: string) =>
      builder.constant(
        makeTensor({ name, type: "float32", dims: [2], data: Float32Array.of(1, 1) }),
      );
    const inputs = ["x", ...["scale", "bias", "mean", "variance"].map(ones)];
    const attributes = { training_mode: 1 };
    builder.ops("BatchNormalization", inputs, {
      name: "norm",
      outputs: ["y", "m", "v"],
      attributes,
    });
    const value = { type: "float32", dims: [3, 2] } as const;
    const [x, y] = [makeValueInfo("x", value), makeValueInfo("y", value)];
    const model = builder.model({ name: "norm", inputs: [x], outputs: [y], opset: 17 });
    await writeFile(join(folder, "norm.onnx"), encodeModel(model));
    const { stdout } = await run("inference", "norm.onnx", "-o", "clean.onnx");
    expect(stdout).toBe(
      "stripped 0 sites, and made 1 BatchNormalization use running statistics: clean.onnx\n",
    );
    expect(inspectDropout(await readModel(join(folder, "clean.onnx"))).pitfalls).toEqual([]);
  });

  test("insert --skip-unknown: places without a known shape are left out and listed", async () => {
    const builder = new GraphBuilder();
    builder.op("Relu", [builder.op("Unknown", ["x"], { name: "odd" })], { name: "dark" });
    builder.op("Relu", ["x"], { name: "light" });
    builder.op("Add", ["dark", "light"], { outputs: ["y"] });
    builder.nodes[0].domain = "somewhere.else";
    const value = makeValueInfo("x", { type: "float32", dims: [2] });
    const y = makeValueInfo("y", { type: "float32", dims: [2] });
    const model = builder.model({ name: "odd", inputs: [value], outputs: [y], opset: 17 });
    await writeFile(join(folder, "odd.onnx"), encodeModel(model));
    const args = ["insert", "odd.onnx", "--after", "Relu", "--rate", "0.5", "-o", "noisy.onnx"];
    expect(await run(...args)).toMatchObject({ code: 1 });
    const { code, stdout } = await run(...args, "--skip-unknown");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /│ light .*\n.*\ninserted 1 site; no shape is known of dark: noisy\.onnx\n$/,
    );
    const told = JSON.parse((await run(...args, "--skip-unknown", "--json", "--dry-run")).stdout);
    expect(told).toMatchObject({ sites: [{ site: "light" }], skipped: ["dark"] });
  });

  test.each([
    ["strip", "model.onnx"],
    ["replace", "model.onnx"],
    ["sort", "model.onnx"],
    ["recurrent-to-scan", "model.onnx"],
    ["upgrade", "model.onnx", "--opset", "17"],
  ])("%s of a model that stays as it is: one sentence, no file, exit code 0", async (...args) => {
    const { code, stdout, stderr } = await run(...args, "-o", "same.onnx");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^nothing to do, and nothing written: [^\n]*\n$/);
    expect((await readdir(folder)).sort()).toEqual(["model.onnx", "w.bin"]);
    const told = JSON.parse((await run(...args, "-o", "same.onnx", "--json")).stdout);
    expect(told).toEqual({ output: null, sites: [] });
  });

  test("--dry-run shows the sites and writes nothing, colours neither", async () => {
    const { code, stdout } = await run(...insert, "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ hidden .*\n.*\nwould have inserted 1 site\n$/);
    expect(stdout).not.toContain("\u001b");
    expect((await readdir(folder)).sort()).toEqual(["model.onnx", "w.bin"]);
  });

  test("into another folder the weights go along; those that are there are replaced by --force alone", async () => {
    await mkdir(join(folder, "out"));
    expect(await run(...insert, "-o", "out/noisy.onnx")).toMatchObject({ code: 0 });
    expect((await readdir(join(folder, "out"))).sort()).toEqual(["noisy.onnx", "w.bin"]);
    expect(await run(...insert, "-o", "out/noisy.onnx")).toMatchObject({ code: 1 });
    expect(await run(...insert, "-o", "out/noisy.onnx", "--force")).toMatchObject({ code: 0 });
  });

  test("the model itself is replaced by --force alone", async () => {
    const refused = await run(...insert, "-o", "./model.onnx");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toBe(
      "error: output must be another file than the model, unless '--force' is given\n",
    );
    expect(await run(...insert, "-o", "./model.onnx", "--force")).toMatchObject({ code: 0 });
    expect(await variantOf("model.onnx")).toEqual(["dropout"]);
  });

  test.each([
    ["a model that is not there", ["inspect", "none.onnx"], "readModel: path must be a file"],
    ["a file that is no model", ["inspect", "w.bin"], "decodeModel: bytes must be an ONNX model"],
    [
      "an operator that is not there",
      ["insert", "model.onnx", "--after", "Gelu", "--rate", "0.5", "--dry-run"],
      "insertDropout: after must choose a node",
    ],
    [
      "a model that is too old, with the command that mends it,",
      [...insert, "--noise", "graph", "--dry-run"],
      'insertDropout: noise "graph" must have opset 18 or later, got 17; the command upgrade --opset 18 brings it there',
    ],
  ])("%s is one sentence on stderr and exit code 1", async (_, args, sentence) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });

  test.each([
    ["an unknown command", ["remove", "model.onnx"]],
    ["an unknown option", ["strip", "model.onnx", "--bogus"]],
    ["no output", insert],
    ["no place", ["insert", "model.onnx", "--rate", "0.5", "--dry-run"]],
    ["no rate", ["insert", "model.onnx", "--after", "Relu", "--dry-run"]],
    ["a rate above 1", ["insert", "model.onnx", "--after", "Relu", "--rate", "1.5", "--dry-run"]],
    ["no rate at all", ["insert", "model.onnx", "--after", "Relu", "--rate", "", "--dry-run"]],
    ["an option of another variant", [...insert, "--channels", "last", "--dry-run"]],
    ["an unknown variant", [...insert, "--variant", "droop", "--dry-run"]],
    ["two kinds of places", [...insert, "--tensor", "y", "--dry-run"]],
    ["variational-dropout at no rate", ["variational-dropout", "model.onnx", "--dry-run"]],
    ["zoneout at no rate", ["zoneout", "model.onnx", "--dry-run"]],
    ["drop-connect of nothing", ["drop-connect", "model.onnx", "--rate", "0.5", "--dry-run"]],
  ])("%s is one sentence on stderr and exit code 2", async (_, args) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toMatch(/^error: [^\n]*\n$/);
    expect(code).toBe(2);
  });

  test.each([
    ["spatial-dropout", [1, 4, 1, 1], [1, 1, 1, 9]],
    ["feature-alpha-dropout", [1, 4, 1, 1], [1, 1, 1, 9]],
    ["drop-block", [1, 4, 8, 9], [1, 4, 8, 9]],
  ])("%s: channels are first unless --channels says last", async (variant, first, last) => {
    const builder = new GraphBuilder();
    builder.op("Relu", ["x"], { outputs: ["y"] });
    const value = { type: "float32", dims: [1, 4, 8, 9] } as const;
    const model = builder.model({
      name: "maps",
      inputs: [makeValueInfo("x", value)],
      outputs: [makeValueInfo("y", value)],
      opset: 17,
    });
    await writeFile(join(folder, "maps.onnx"), encodeModel(model));
    const inserted = async (...args: readonly string[]) => {
      const given = ["--variant", variant, "--rate", "0.25", ...args, "-o", "noisy.onnx"];
      const size = variant === "drop-block" ? ["--block-size", "3"] : [];
      expect(await run("insert", "maps.onnx", "--after", "Relu", ...given, ...size)).toMatchObject({
        code: 0,
        stderr: "",
      });
      const [{ dims, part }] = sitesOf(await readModel(join(folder, "noisy.onnx")));
      await rm(join(folder, "noisy.onnx"));
      return { dims, axes: part.field.grow?.axes ?? part.field.shared?.[0] };
    };
    expect(await inserted()).toEqual({ dims: first, axes: [2, -1] });
    expect(await inserted("--channels", "last")).toEqual({ dims: last, axes: [1, -2] });
  });

  test("every command has help with examples", async () => {
    const listed = (await run("--help")).stdout.matchAll(
      /^ {2}([a-z][a-z-]+)(?:\|[a-z]+)? .*<model>/gm,
    );
    const commands = [...listed].map(([, command]) => command);
    expect(commands).toContain("recurrent-to-scan");
    for (const command of commands) {
      const { code, stdout } = await run(command, "--help");
      expect(code).toBe(0);
      expect(stdout).toContain(`$ npx @dropoutkit/onnx ${command} `);
    }
  });
});
