// @ts-check
/*
 * Says what a package adds to a page that Vite bundles, and fails where it is more than was promised: all
 * that it exports, with what it stands on but its peers, minified and zipped.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

/**
 * Bytes, by package. For tfjs, 25 kB and 3 more for wrappers that are the wrapped layer in all that tfjs asks; one layer
 * is little less, since models are loaded by names, so that every layer is in every bundle.
 */
const budgets = { tfjs: { all: 28_500, one: 25_500 } };

for (const [name, budget] of Object.entries(budgets)) {
  const entry = fileURLToPath(new URL(`../packages/${name}/dist/index.js`, import.meta.url));
  const names = Object.keys(await import(entry));
  const all = await zippedBytes(entry, names);
  const one = await zippedBytes(entry, names.slice(0, 1));
  const most = `at most ${budget.all} and ${budget.one}`;
  console.log(`${name}: ${all} bytes, ${one} with one layer; ${most}`);
  if (all > budget.all || one > budget.one) process.exitCode = 1;
}

/**
 * @param {string} entry
 * @param {string[]} names Of the exports that the page uses.
 */
async function zippedBytes(entry, names) {
  const root = await mkdtemp(join(tmpdir(), "dropoutkit-size-"));
  const list = names.join(", ");
  const page = `import { ${list} } from ${JSON.stringify(entry)}; globalThis.used = [${list}];`;
  await writeFile(join(root, "page.js"), page);
  const output = await build({
    root,
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      rolldownOptions: { input: join(root, "page.js"), external: /^@tensorflow\// },
    },
  });
  await rm(root, { recursive: true });
  const [bundle] = [output].flat();
  if (!("output" in bundle)) throw new Error("checkSize: build must end, got a watcher");
  const codes = bundle.output.map((file) => (file.type === "chunk" ? file.code : ""));
  return gzipSync(codes.join(""), { level: 9 }).length;
}
