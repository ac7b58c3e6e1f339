// @ts-check
/*
 * Bundles programs with the packed packages as a stranger would, with each bundler in production mode, and runs the
 * results in Chromium. Programs are the examples of READMEs, and one that would notice where a bundler drops layers.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright";
import { bundlers } from "./bundles/bundlers.js";
import { writePrograms } from "./bundles/programs.js";
import { runPage } from "./bundles/runPage.js";
import { serve } from "./bundles/serve.js";
import { chromiumLaunch } from "./chromiumLaunch.js";
import { installPackages } from "./installPackages.js";
import { packAll } from "./packAll.js";

const launch = chromiumLaunch();
if (launch === undefined) {
  console.log("checkBundles: no Chromium found (CHROMIUM_PATH), so bundles are not checked");
} else {
  const folder = mkdtempSync(join(tmpdir(), "dropoutkit-bundles-"));
  try {
    await checkBundles(folder, launch);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {NonNullable<ReturnType<typeof chromiumLaunch>>} launch
 */
async function checkBundles(folder, launch) {
  const { packed, tarballs, versionsOf } = packAll(folder);
  const [room, site] = ["room", "site"].map((name) => join(folder, name));
  mkdirSync(room);
  const dependencies = [...Object.keys(tarballs), "@tensorflow/tfjs", "onnxruntime-web"];
  installPackages(room, { dependencies: versionsOf(dependencies), tarballs });
  const programs = writePrograms(
    room,
    packed.map(({ project }) => project),
  );
  const server = await serve(site, join(room, "node_modules/onnxruntime-web/dist"));
  const browser = await chromium.launch(launch);
  try {
    /** @type {string[]} */
    const names = [];
    // All bundles first: a bundler keeps the thread, and the server could not answer a page beside it.
    for (const [bundler, bundle] of Object.entries(bundlers)) {
      for (const program of programs) {
        const name = `${bundler}-${program}`;
        await bundle(join(room, `${program}.js`), join(site, name));
        names.push(name);
      }
    }
    for (const name of names) report(name, await runPage(browser, `${server.origin}/${name}/`));
  } finally {
    await browser.close();
    server.close();
  }
}

/**
 * @param {string} name
 * @param {string[]} problems
 */
function report(name, problems) {
  for (const problem of problems) console.error(`FAIL ${name}: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`ok   ${name}`);
}
