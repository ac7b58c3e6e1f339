// @ts-check
import { readFileSync } from "node:fs";

/**
 * What a README tells a stranger to do: the packages of its first `npm install`, and its `ts` blocks as one program, in
 * which a block goes on where the one before it ended.
 * @param {string} file
 * @returns {{ installed: string[], example: string }}
 * @throws {Error} If one of the two is missing.
 */
export function readReadme(file) {
  const text = readFileSync(file, "utf8");
  const installed = /^npm install (.+)$/m.exec(text)?.[1]?.split(" ");
  if (installed === undefined) throw new Error("README.md: must have an npm install, got none");
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block);
  if (blocks.length === 0) throw new Error("README.md: must have a ```ts block, got none");
  return { installed, example: blocks.join("\n") };
}
