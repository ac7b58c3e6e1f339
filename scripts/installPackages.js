// @ts-check
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.js";

/**
 * Installs packages in an empty folder outside the workspace with pnpm, as strictly as it can: a package sees what it
 * names itself, and nothing else.
 * @param {string} folder
 * @param {object} options
 * @param {Record<string, string>} options.dependencies Names to versions.
 * @param {Record<string, string>} options.tarballs Of packages that no registry has, wherever they are needed.
 * @throws {Error} If they cannot be installed, or one lacks a peer.
 */
export function installPackages(folder, { dependencies, tarballs }) {
  const settings = {
    nodeLinker: "isolated",
    hoist: false,
    publicHoistPattern: [],
    autoInstallPeers: false,
    strictPeerDependencies: true,
    overrides: Object.fromEntries(
      Object.entries(tarballs).map(([name, tarball]) => [name, `file:${tarball}`]),
    ),
    // tfjs requires it, and does not say so.
    packageExtensions: { "@tensorflow/tfjs": { dependencies: { long: "4" } } },
  };
  const manifest = { private: true, type: "module", dependencies };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  // YAML takes JSON.
  writeFileSync(join(folder, "pnpm-workspace.yaml"), JSON.stringify(settings));
  run("pnpm", ["install", "--prefer-offline", "--no-lockfile", "--ignore-scripts"], {
    cwd: folder,
  });
}
