// @ts-check
/*
 * Compiles the kernels in ../kernels (AssemblyScript) and embeds the module in
 * ../src/engine/kernelModule.ts, so that no bundler can lose it. In hexadecimal, since gzip finds what
 * repeats in bytes, and not in base64: 2.7 kB against 3.4. With --check, writes nothing and fails
 * where that file is not what a rebuild gives.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const file = new URL("../src/engine/kernelModule.ts", import.meta.url);
const source = moduleSource(await compile());
if (!process.argv.includes("--check")) {
  writeFileSync(file, source);
} else if (readFileSync(file, "utf8") !== source) {
  console.error("buildKernels: src/engine/kernelModule.ts must be what build:kernels writes");
  process.exitCode = 1;
}

/** @returns {Promise<Uint8Array>} The module. */
async function compile() {
  const features = ["--enable", "simd", "--enable", "bulk-memory"];
  // The module brings neither a memory nor a heap: it works in the one that it is given.
  const memory = ["--importMemory", "--noExportMemory", "--runtime", "stub", "--noAssert"];
  const { error, stdout, stderr, binary } = await run([...features, ...memory]);
  if (error !== null || binary === null) {
    throw new Error(`buildKernels: kernels must compile, got ${stderr}${stdout}`);
  }
  return binary;
}

/** @param {string[]} options */
async function run(options) {
  /** @type {Uint8Array | null} */
  let binary = null;
  const { error, stdout, stderr } = await asc.main(
    ["kernels/index.ts", "--outFile", "kernels.wasm", "-O3", "--disableWarning", ...options],
    {
      baseDir: fileURLToPath(new URL("..", import.meta.url)),
      writeFile: (_name, data) => {
        if (typeof data !== "string") binary = data;
      },
    },
  );
  return { error, stdout: stdout.toString(), stderr: stderr.toString(), binary };
}

/** @param {Uint8Array} binary */
function moduleSource(binary) {
  return [
    "/** The kernels of packages/core/kernels, compiled; written by `pnpm build:kernels`, checked by `pnpm check`. */",
    "export const kernelModule: string =",
    `  "${Buffer.from(binary).toString("hex")}";`,
    "",
  ].join("\n");
}
