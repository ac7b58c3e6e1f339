// @ts-check
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { readReadme } from "../readReadme.js";
import { run } from "../run.js";

/**
 * Writes the programs that pages run: each README's example, and one that uses a single layer of tfjs and loads models
 * with all.
 * @param {string} room A folder in which the packages are installed.
 * @param {import("../workspace.js").Project[]} projects
 * @returns {string[]} Their names, without `.js`.
 */
export function writePrograms(room, projects) {
  const examples = projects.map(({ path, manifest: { name } }) => {
    const { example } = readReadme(join(path, "README.md"));
    return [`README of ${name}`.replaceAll(/\W+/g, "-"), example];
  });
  const programs = [...examples, ["one-layer-and-models-with-all", oneLayer(room)]];
  for (const [name, program] of programs) {
    const { code } = transformSync(`${program}\nObject.assign(globalThis, { hasEnded: true });`, {
      loader: "ts",
    });
    writeFileSync(join(room, `${name}.js`), code);
  }
  return programs.map(([name]) => name);
}

/**
 * A bundle must not lose the classes that its program names nowhere.
 * @param {string} room
 */
function oneLayer(room) {
  // The table of the package's own tests, which one of them holds to be complete.
  const table = fileURLToPath(
    new URL("../../packages/tfjs/test/layers/layers.ts", import.meta.url),
  );
  const source = readFileSync(table, "utf8").replace(
    /"[./]+\/src\/index\.js"/,
    '"@dropoutkit/tfjs"',
  );
  const write = `
    const models = Object.values(layers).map(({ make, shape }, i) =>
      tf.sequential({ layers: [make({ name: \`l\${i}\`, inputShape: shape.slice(1) })] }).toJSON(null, false));
    console.log(JSON.stringify(models));`;
  const { code } = transformSync(source + write, { loader: "ts" });
  writeFileSync(join(room, "write-models.js"), code);
  const models = run("node", ["write-models.js"], { cwd: room });
  return `
    import { dropout } from "@dropoutkit/tfjs";
    import * as tf from "@tensorflow/tfjs";

    dropout({ rate: 0.5 });
    for (const model of ${models.slice(models.indexOf("[{"))}) {
      const { layers } = await tf.models.modelFromJSON(model);
      const [loaded, written] = [layers.at(-1).getClassName(), model.config.layers.at(-1).class_name];
      if (loaded !== written) throw new Error(\`model must hold \${written}, got \${loaded}\`);
    }`;
}
