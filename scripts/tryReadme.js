// @ts-check
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./run.js";

/**
 * Installs packages with npm in an empty folder outside the workspace, type-checks an example
 * there, and runs it.
 * @param {string} example TypeScript.
 * @param {Record<string, string>} dependencies Names to versions or `file:` tarballs.
 * @throws {Error} If one of the three steps fails.
 */
export function tryExample(example, dependencies) {
  const folder = mkdtempSync(join(tmpdir(), "dropoutkit-example-"));
  const usesNode = "@types/node" in dependencies;
  const compilerOptions = {
    module: "NodeNext",
    target: "ES2022",
    strict: true,
    skipLibCheck: true,
    noEmitOnError: true,
    types: usesNode ? ["node"] : [],
  };
  try {
    writeJson(join(folder, "package.json"), { private: true, type: "module", dependencies });
    writeJson(join(folder, "tsconfig.json"), { compilerOptions, files: ["example.ts"] });
    writeFileSync(join(folder, "example.ts"), example);
    const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"];
    run("npm", ["install", "--prefix", folder, "--loglevel=error", ...flags], {
      cwd: folder,
      env: { ONNXRUNTIME_NODE_INSTALL: "skip" },
    });
    run(join(folder, "node_modules/.bin/tsc"), ["-p", folder], { cwd: folder });
    run("node", ["example.js"], { cwd: folder, timeoutSeconds: 120 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The `ts` blocks of a README as one program: a block goes on where the one before it ended.
 * @param {string} file
 * @throws {Error} If there is none.
 */
export function readExample(file) {
  const blocks = [...readFileSync(file, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)];
  if (blocks.length === 0) throw new Error("README.md: must have a ```ts block, got none");
  return blocks.map(([, block]) => block).join("\n");
}

/**
 * Names of the packages that an example imports, `@types/node` for Node's own modules.
 * @param {string} example
 */
export function importedPackages(example) {
  const specifiers = [...example.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"'.][^"']*)["']/g)];
  return specifiers.map(([, specifier = ""]) =>
    specifier.startsWith("node:")
      ? "@types/node"
      : specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/"),
  );
}

/**
 * @param {string} file
 * @param {unknown} value
 */
function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
