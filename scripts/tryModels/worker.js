// @ts-check
/* Tries one verb on one model for each message, and answers with the outcome. */
import { openRuntime } from "./runtime.js";
import { Trial, verbs } from "./verbs.js";

const runtime = await openRuntime(process.argv[2]);
/** @type {Trial | undefined} */
let trial;

process.on("message", async (/** @type {{ path: string, verb: string }} */ { path, verb }) => {
  process.send?.(await outcomeOf(path, verb));
});

/**
 * @param {string} path
 * @param {string} verb
 * @returns {Promise<import("./verbs.js").Outcome>}
 */
async function outcomeOf(path, verb) {
  try {
    if (trial?.path !== path) trial = await Trial.open(runtime, path);
    return await verbs[verb](trial);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return isOneSentence(error)
      ? { kind: "refused", message }
      : { kind: "failed", message: message.split("\n")[0].slice(0, 400) };
  }
}

/**
 * An error of ours: `owner: what must hold, got value`.
 * @param {unknown} error
 */
function isOneSentence(error) {
  return error instanceof Error && /^[a-zA-Z.]+: .* must .*, got /s.test(error.message);
}
