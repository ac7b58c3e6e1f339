// @ts-check
import { basename, dirname } from "node:path";
import { promisify } from "node:util";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";

/**
 * Bundles a program for production, as a module `page.js`.
 * @callback Bundle
 * @param {string} program
 * @param {string} folder Where the result goes.
 * @returns {Promise<unknown>}
 */

/** The bundlers by their names, with as few options as each needs. */
export const bundlers = /** @type {const} @satisfies {Record<string, Bundle>} */ ({
  /** @type {Bundle} */
  vite: (program, folder) =>
    vite.build({
      root: dirname(program),
      base: "./",
      configFile: false,
      logLevel: "error",
      build: {
        outDir: folder,
        target: "es2022",
        chunkSizeWarningLimit: Infinity,
        rolldownOptions: { input: program, output: { entryFileNames: "page.js" } },
      },
    }),

  /** @type {Bundle} */
  esbuild: (program, folder) =>
    esbuild.build({
      entryPoints: [program],
      outfile: `${folder}/page.js`,
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2022",
      logLevel: "error",
    }),

  /** @type {Bundle} */
  webpack: async (program, folder) => {
    const compiler = webpack({
      mode: "production",
      context: dirname(program),
      entry: `./${basename(program)}`,
      target: ["web", "es2022"],
      output: { path: folder, filename: "page.js", module: true },
      experiments: { outputModule: true },
      performance: false,
    });
    const stats = await promisify(compiler.run.bind(compiler))();
    if (stats?.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
    await promisify(compiler.close.bind(compiler))();
  },

  /** @type {Bundle} */
  rollup: async (program, folder) => {
    const bundle = await rollup({
      input: program,
      // @ts-expect-error: its types are those of its CommonJS entry.
      plugins: [nodeResolve({ browser: true }), commonjs()],
      // tfjs has circular imports.
      onwarn: () => undefined,
    });
    await bundle.write({ file: `${folder}/page.js`, format: "es", inlineDynamicImports: true });
    await bundle.close();
  },
});
