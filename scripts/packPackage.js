// @ts-check
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.js";
import { readManifest } from "./workspace.js";

const required = ["LICENSE", "README.md", "dist/index.js", "dist/index.d.ts"];
const forbidden = /(^|\/)test\/|\.(test|browser)\.|\.tsbuildinfo$/;

/**
 * Packs a package as it would be published.
 * @param {import("./workspace.js").Project} project
 * @param {string} folder An existing folder for the tarball.
 * @returns {{ tarball: string, files: string[], problems: string[] }} `problems` says, a sentence
 * each, what the tarball lacks, and what it must not hold.
 */
export function packPackage({ path, manifest }, folder) {
  const packed = run("pnpm", ["pack", "--json", "--pack-destination", folder], { cwd: path });
  /** @type {{ filename: string, files: { path: string }[] }} */
  const { filename: tarball, files: listed } = JSON.parse(packed);
  const files = listed.map((file) => file.path);
  const unpacked = join(folder, manifest.name);
  mkdirSync(unpacked, { recursive: true });
  run("tar", ["-xzf", tarball, "-C", unpacked], { cwd: folder });
  const { dependencies, peerDependencies } = readManifest(join(unpacked, "package"));
  const problems = [
    ...required.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
    ...files.filter((file) => forbidden.test(file)).map((file) => `${file} must not be published`),
    ...Object.entries({ ...dependencies, ...peerDependencies })
      .filter(([, range]) => /^(workspace|catalog|link|file):/.test(range))
      .map(([name, range]) => `the range of ${name} must be a version range, got ${range}`),
  ];
  return { tarball, files, problems };
}
