// @ts-check
import { packPackage } from "./packPackage.js";
import { readWorkspace } from "./workspace.js";

/** @typedef {import("./workspace.js").Project} Project */

/**
 * @typedef {object} Packed
 * @property {Project} project
 * @property {string} tarball
 * @property {string[]} files
 * @property {string[]} problems
 */

/**
 * Packs every package that is published.
 * @param {string} folder An existing folder for the tarballs.
 */
export function packAll(folder) {
  const { projects, versions } = readWorkspace();
  /** @type {Packed[]} */
  const packed = projects
    .filter(({ manifest }) => manifest.private !== true)
    .map((project) => ({ project, ...packPackage(project, folder) }));
  const tarballs = Object.fromEntries(
    packed.map(({ project, tarball }) => [project.manifest.name, tarball]),
  );
  return {
    packed,
    tarballs,
    /**
     * The versions of some packages, as the workspace has them; of ours the tarballs.
     * @param {string[]} names
     * @returns {Record<string, string>}
     * @throws {Error} If the workspace has none.
     */
    versionsOf: (names) =>
      Object.fromEntries(
        names.map((name) => {
          const version = name in tarballs ? `file:${tarballs[name]}` : versions.get(name);
          if (version !== undefined) return [name, version];
          throw new Error(`README.md: must install what the workspace depends on, got ${name}`);
        }),
      ),
  };
}
