import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { encodeModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runDemo, type Streams } from "../src/runDemo.js";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command in a process of its own, and interrupts it when it first writes to stderr if asked to. */
function spawned(args: readonly string[], { interrupt = false } = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    if (interrupt && stderr === "") child.kill("SIGINT");
    stderr += data;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** The same in this process, which spares it the start. */
async function demo(args: readonly string[]): Promise<Outcome> {
  const outcome = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof outcome): Writable =>
    new Writable({
      write(text, _, done) {
        outcome[name] += text;
        done();
      },
    });
  const streams = { stdout: stream("stdout"), stderr: stream("stderr") } as unknown as Streams;
  return { code: await runDemo(args, streams).code, ...outcome };
}

/** A linear classifier of digits as an .onnx file, with a Relu on the way. */
function linearModel(): Uint8Array {
  const builder = new GraphBuilder();
  const zeros = (name: string, dims: readonly number[]): string =>
    builder.constant(
      makeTensor({
        name,
        type: "float32",
        dims,
        data: new Float32Array(dims.reduce((size, dim) => size * dim, 1)),
      }),
    );
  const hidden = builder.op("Relu", ["pixels"], { name: "hidden1" });
  builder.op("Gemm", [hidden, zeros("kernel", [784, 10]), zeros("bias", [10])], {
    outputs: ["scores"],
  });
  const model = builder.model({
    name: "linear",
    inputs: [makeValueInfo("pixels", { type: "float32", dims: ["batch", 784] })],
    outputs: [makeValueInfo("scores", { type: "float32", dims: ["batch", 10] })],
    opset: 18,
  });
  return encodeModel(model);
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dropoutkit-demo-"));
  await writeFile(join(folder, "linear.onnx"), linearModel());
  await writeFile(join(folder, "text.onnx"), "not a model");
  await writeFile(join(folder, "train-images-idx3-ubyte.gz"), "not gzip");
});
afterAll(() => rm(folder, { recursive: true }));

describe("demo: what cannot be done is one sentence on stderr, and exit code 1", () => {
  test.each([
    ["a folder without data", ["--data", "FOLDER/none"], "train-images-idx3-ubyte.gz"],
    ["a file that is not gzip", ["--data", "FOLDER"], "train-images-idx3-ubyte.gz"],
    ["a report in no folder", ["--report", "FOLDER/none/report.html"], "demo: report must be in"],
    ["a model that is not there", ["--model", "FOLDER/none.onnx"], "demo: model must be a file"],
    ["a checkpoint that is not there", ["--resume", "FOLDER/none.json"], "demo: resume must be a"],
    ["a checkpoint that is none", ["--resume", "FOLDER/text.onnx"], "must be a checkpoint, got"],
    ["a model that is none", ["--model", "FOLDER/text.onnx"], "must be an ONNX model"],
    [
      "a tensor that is not there",
      ["--model", "FOLDER/linear.onnx", "--after", "hiden1"],
      "insertDropout: tensor must be in the model, got hiden1; did you mean hidden1?",
    ],
  ])("%s", async (_, args, sentence) => {
    const { code, stdout, stderr } = await demo(args.map((arg) => arg.replace("FOLDER", folder)));
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });
});

describe("demo: a wrong command line is exit code 2", () => {
  test.each([
    ["an unknown option", ["--bogus"]],
    ["an option without its argument", ["--rate"]],
    ["a rate above 1", ["--rate", "1.5"]],
    ["a rate that is no number", ["--rate", "x"]],
    ["an unknown variant", ["train", "--variant", "droop"]],
    ["an unknown framework", ["train", "--framework", "torch"]],
    ["an option of another command", ["parity", "--seeds", "2"]],
    ["no epochs", ["--epochs", "0"]],
    ["a negative seed", ["--seed", "-1"]],
    ["a learning rate of 0", ["--learning-rate", "0"]],
    ["two sources of data", ["--data", "x", "--download"]],
    ["places without a model", ["--after", "x"]],
    ["a variant for a model", ["--model", "x", "--variant", "alpha-dropout"]],
    ["an argument too many", ["x"]],
    ["a variant of another network", ["train", "--network", "cnn", "--variant", "zoneout"]],
    ["hidden layers of a network that has none", ["train", "--network", "lstm", "--hidden", "8"]],
    ["a bound on other weights than the mlp's", ["--network", "cnn", "--max-norm", "2"]],
    ["rates of three places at two", ["--rate", "0.1/0.2/0.3"]],
    ["several variants for one training", ["train", "--variant", "dropout,alpha-dropout"]],
    ["more images than there are", ["--images", "1501"]],
    ["options beside those of a checkpoint", ["train", "--resume", "x", "--seed", "1"]],
  ])("%s", async (_, args) => {
    const { code, stderr } = await demo(args);
    expect(stderr).toMatch(/^error: /);
    expect(code).toBe(2);
  });
});

describe("demo", () => {
  test("as a program it writes, fails and exits as it does here", async () => {
    for (const args of [["--help"], ["--bogus"], ["--data", folder]]) {
      expect(await spawned(args)).toEqual(await demo(args));
    }
  });

  test("--model: trains a model of the caller's, with a line for each epoch and a table", async () => {
    const args = ["--model", join(folder, "linear.onnx"), "--epochs", "1,2", "--seeds", "2"];
    const { code, stdout, stderr } = await demo(args);
    expect(code).toBe(0);
    expect(stderr.match(/0.5 +seed 1 epoch 2\/2 \| loss [\d.]+ \| accuracy/)).not.toBeNull();
    const rows = stdout.split("\n").filter((line) => line.includes("onnxruntime-web"));
    expect(
      rows.map((row) =>
        row
          .split("│")
          .slice(2, 4)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ["none", "1"],
      ["none", "2"],
      ["0.5", "1"],
      ["0.5", "2"],
    ]);
  });

  test("an interrupt ends it with code 130 and no table", async () => {
    const { code, stdout } = await spawned(["--epochs", "1000"], { interrupt: true });
    expect(code).toBe(130);
    expect(stdout).not.toContain("framework");
  });

  // Three processes that train, on a machine with other work.
  const patience = { timeout: 120_000 };
  test(
    "an interrupt with --checkpoint leaves a file from which the same table follows",
    patience,
    async () => {
      const model = ["--model", join(folder, "linear.onnx"), "--epochs", "1,2", "--seeds", "2"];
      const file = join(folder, "run.json");
      const stopped = await spawned([...model, "--checkpoint", file], { interrupt: true });
      expect(stopped.code).toBe(130);
      const resumed = await demo(["--resume", file]);
      expect(resumed.code).toBe(0);
      const whole = await demo(model);
      const withoutSeconds = ({ stdout }: Outcome): string =>
        stdout.replace(/│[^│\n]*│\n/g, "│\n").replace(/─/g, "");
      expect(withoutSeconds(resumed)).toBe(withoutSeconds(whole));
    },
  );

  test("completion: bash completes commands, options and their choices", async () => {
    const words = (line: string): Promise<string[]> => {
      const script = `source <(${process.execPath} ${cli} completion); COMP_WORDS=(${line}); COMP_CWORD=$((${"$"}{#COMP_WORDS[@]}-1)); _demo; echo "${"$"}{COMPREPLY[@]}"`;
      return new Promise((resolve, reject) => {
        execFile("bash", ["-c", script], (error, stdout) =>
          error ? reject(error) : resolve(stdout.trim().split(" ")),
        );
      });
    };
    expect(await words("demo tr")).toEqual(["train"]);
    expect(await words("demo train --max")).toEqual(["--max-norm"]);
    expect(await words("demo train --network l")).toEqual(["lstm"]);
    expect(await words("demo --see")).toEqual(["--seeds", "--seed"].sort());
  });

  test("--report: one page with the curves of every epoch, the table, the settings and the versions", async () => {
    const report = join(folder, "report.html");
    const model = ["--model", join(folder, "linear.onnx")];
    const { code } = await demo([...model, "--epochs", "3", "--report", report]);
    expect(code).toBe(0);
    const page = await readFile(report, "utf8");
    const charts = JSON.parse(/type="application\/json">(.*?)<\/script>/.exec(page)?.[1] ?? "[]");
    expect(charts.map(({ epochs }: { epochs: number[] }) => epochs)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(charts[0].series).toHaveLength(4);
    expect(page.match(/<tr><td>/g)).toHaveLength(2);
    expect(page).toContain("<dt>onnxruntime-web</dt><dd>1.");
    expect(page).not.toMatch(/(src|href)=/);
  });

  test.each(["tfjs", "onnx"])("train --framework %s: one row", async (framework) => {
    const args = ["train", "--framework", framework, "--variant", "alpha-dropout", "--rate", "0.1"];
    const { code, stdout } = await demo([...args, "--epochs", "1"]);
    expect(code).toBe(0);
    expect(stdout.match(/│ alpha-dropout 0.1 +│/g)).toHaveLength(1);
  });
});
