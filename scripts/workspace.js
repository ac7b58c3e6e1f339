// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.js";

/**
 * What the checks read of a package.json.
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 */

/**
 * @typedef {object} Project
 * @property {string} path
 * @property {Manifest} manifest
 */

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The workspace's projects, and the installed version of each package that one of them names.
 * @returns {{ projects: Project[], versions: Map<string, string> }}
 */
export function readWorkspace() {
  /** @type {{ path: string, dependencies?: Listed, devDependencies?: Listed }[]} */
  const listed = JSON.parse(run("pnpm", ["ls", "-r", "--json", "--depth", "0"], { cwd: root }));
  const versions = listed
    .flatMap((project) => [project.dependencies ?? {}, project.devDependencies ?? {}])
    .flatMap((dependencies) => Object.entries(dependencies))
    .map(([name, { version }]) => /** @type {const} */ ([name, version]));
  const projects = listed.map(({ path }) => ({ path, manifest: readManifest(path) }));
  return { projects, versions: new Map(versions) };
}

/** @typedef {Record<string, { version: string }>} Listed */

/**
 * @param {string} folder
 * @returns {Manifest}
 */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
