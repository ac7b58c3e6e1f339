// @ts-check
import { existsSync } from "node:fs";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * The Chromium that tests run in: `CHROMIUM_PATH`, else the first in the usual places.
 * @returns {string | undefined}
 * @throws {Error} If `CHROMIUM_PATH` names no file.
 */
export function findChromium() {
  const { CHROMIUM_PATH: path } = process.env;
  if (path === undefined) return usualPlaces.find((place) => existsSync(place));
  if (!existsSync(path)) throw new Error(`CHROMIUM_PATH: must name a file, got ${path}`);
  return path;
}
