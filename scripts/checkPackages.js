// @ts-check
/*
 * Packs every publishable package and uses each as a stranger would: installed by pnpm from its tarball in an empty
 * folder, where only what the README's install line names can be imported. There the README's example is compiled with
 * the oldest TypeScript that we support and with ours, and run; one that trains, with each onnxruntime too.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPackages } from "./installPackages.js";
import { packAll } from "./packAll.js";
import { readReadme } from "./readReadme.js";
import { run } from "./run.js";
import { typeErrors } from "./typeErrors.js";

/** The oldest onnxruntime-web whose types `Trainer` takes, and some between it and the workspace's. */
const olderRuntimes = ["1.18.0", "1.20.1", "1.24.1"];

/** What the README does not show: `Trainer` takes the options of each runtime's own sessions. */
const sessionTypes = `
const ofRuntime: ort.InferenceSession.SessionOptions = {};
const session: TrainerOptions["session"] = ofRuntime;
console.log(session);`;

const WEB = "onnxruntime-web";
const NODE = "onnxruntime-node";

const folder = mkdtempSync(join(tmpdir(), "dropoutkit-packages-"));
try {
  const { packed, tarballs, versionsOf } = packAll(folder);
  const tools = mkdtempSync(join(folder, "tools-"));
  installPackages(tools, { dependencies: { typescript: "5.4.5" }, tarballs: {} });
  const compilers = [
    join(tools, "node_modules/typescript/bin/tsc"),
    fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url)),
  ];
  for (const { project, files, problems } of packed) {
    const { name } = project.manifest;
    const found = problems.length > 0 ? problems : tryPackage(project);
    for (const problem of found) console.error(`FAIL ${name}: ${problem}`);
    if (found.length > 0) process.exitCode = 1;
    else console.log(`ok   ${name}: ${files.length} files, README example runs`);
  }

  /**
   * @param {import("./workspace.js").Project} project
   * @returns {string[]} Problems.
   */
  function tryPackage({ path, manifest }) {
    const { installed, example } = readReadme(join(path, "README.md"));
    const dependencies = versionsOf(installed);
    if (!installed.includes("@dropoutkit/onnx-training")) {
      const all = `${example}\n${importsOf(manifest)}`;
      return tryProgram(all, dependencies);
    }
    const program = `${example}\n${sessionTypes}`;
    const { [WEB]: newest, ...others } = dependencies;
    return [
      ...[newest, ...olderRuntimes].flatMap((version) =>
        tryProgram(program, { ...others, [WEB]: version }),
      ),
      ...tryProgram(program.replaceAll(`"${WEB}"`, `"${NODE}"`), {
        ...others,
        ...versionsOf([NODE]),
      }),
    ];
  }

  /**
   * @param {string} program
   * @param {Record<string, string>} dependencies
   * @returns {string[]} Problems.
   */
  function tryProgram(program, dependencies) {
    const room = mkdtempSync(join(folder, "program-"));
    try {
      installPackages(room, { dependencies, tarballs });
      writeFileSync(join(room, "program.ts"), program);
      const errors = compilers.flatMap((compiler) => typeErrors(room, compiler));
      if (errors.length === 0) run("node", ["program.js"], { cwd: room, timeoutSeconds: 120 });
      return errors.map((error) => `${Object.entries(dependencies).flat().join(" ")}: ${error}`);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Imports of the entries that the README's example, which runs in browsers too, may not have.
 * @param {import("./workspace.js").Project["manifest"]} manifest
 */
function importsOf({ name, exports = {} }) {
  const others = Object.keys(exports).filter((entry) => entry !== ".");
  return others.map((entry) => `import "${name}${entry.slice(1)}";`).join("\n");
}
