// @ts-check
/*
 * Packs every publishable package and uses each as a stranger would: installed by npm from its
 * tarball in an empty folder, the README's example type-checked and run there.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packPackage } from "./packPackage.js";
import { importedPackages, readExample, tryExample } from "./tryReadme.js";
import { readWorkspace } from "./workspace.js";

/** @typedef {import("./workspace.js").Project} Project */
/** @typedef {{ project: Project, tarball: string, files: string[], problems: string[] }} Packed */

const { projects, versions } = readWorkspace();
const folder = mkdtempSync(join(tmpdir(), "dropoutkit-packages-"));
try {
  const packed = new Map(
    projects
      .filter(({ manifest }) => manifest.private !== true)
      .map((project) => [project.manifest.name, { project, ...packPackage(project, folder) }]),
  );
  for (const [name, item] of packed) {
    const problems = item.problems.length > 0 ? item.problems : tryPackage(item, packed);
    for (const problem of problems) console.error(`FAIL ${name}: ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
    else console.log(`ok   ${name}: ${item.files.length} files, README example runs`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {Packed} item
 * @param {Map<string, Packed>} packed
 * @returns {string[]} Problems.
 */
function tryPackage({ project }, packed) {
  try {
    const example = readExample(join(project.path, "README.md"));
    const own = withOwnDependencies(project, packed);
    const names = ["typescript", ...own.flatMap(requiredPeers), ...importedPackages(example)];
    const foreign = names.filter((name) => !packed.has(name)).map((name) => [name, version(name)]);
    const tarballs = own.map(({ manifest: { name } }) => [
      name,
      `file:${packed.get(name)?.tarball}`,
    ]);
    tryExample(example, Object.fromEntries([...foreign, ...tarballs]));
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * A project, and the projects of the workspace that it stands on.
 * @param {Project} project
 * @param {Map<string, Packed>} packed
 * @returns {Project[]}
 */
function withOwnDependencies(project, packed) {
  const direct = Object.keys(project.manifest.dependencies ?? {})
    .map((name) => packed.get(name)?.project)
    .filter((dependency) => dependency !== undefined);
  return [project, ...direct.flatMap((dependency) => withOwnDependencies(dependency, packed))];
}

/** @param {Project} project */
function requiredPeers({ manifest: { peerDependencies = {}, peerDependenciesMeta = {} } }) {
  return Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
}

/** @param {string} name */
function version(name) {
  const found = versions.get(name);
  if (found === undefined) {
    throw new Error(`README.md: must import what the workspace depends on, got ${name}`);
  }
  return found;
}
