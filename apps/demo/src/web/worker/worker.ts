import type { Event, Request, SavedFile } from "../messages.js";
import { needsLayers } from "./needsLayers.js";
import { Session } from "./Session.js";

const tell = (event: Event): void => postMessage(event);
const session = new Session(tell);

const NEEDS_LAYERS =
  "The saved model has layers of @dropoutkit/tfjs: import that where TensorFlow.js loads it.";

let stepsPerSecond = Number.POSITIVE_INFINITY;
/** Counts starts and stops: a loop of steps ends when another came after it. */
let turn = 0;
const TURNS: ReadonlySet<Request["type"]> = new Set(["start", "pause", "reset", "open", "edit"]);
/** Requests wait for each other, so that no two of them are in a framework at once. */
let queue: Promise<void> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  if (TURNS.has(data.type)) turn += 1;
  if ("stepsPerSecond" in data) stepsPerSecond = data.stepsPerSecond;
  const started = turn;
  enqueue(data.type, () => handle(data, started));
});

function enqueue(at: Request["type"], task: () => Promise<void>): void {
  queue = queue.then(task).catch((error: unknown) => {
    turn += 1;
    tell({ type: "error", at, message: error instanceof Error ? error.message : String(error) });
  });
}

async function handle(request: Request, started: number): Promise<void> {
  switch (request.type) {
    case "start":
      await session.prepare(request.settings);
      if (started === turn) tell({ type: "status", text: "Training" });
      return advance(started);
    case "step":
      await session.prepare(request.settings);
      tell({ type: "status", text: "Training" });
      await session.step({ measures: true });
      tell({ type: "status", text: "Paused" });
      return;
    case "pause":
      tell({ type: "status", text: "Paused" });
      return;
    case "reset":
      await session.reset();
      tell({ type: "status", text: "Ready" });
      return;
    case "masks":
      return session.showMasks(request.settings, request.at);
    case "ask":
      tell({ type: "answer", answer: await session.training().ask(request.image) });
      return;
    case "save":
      return save(await session.training().files());
    case "checkpoint":
      tell({ type: "saved", files: [await session.checkpoint()] });
      return;
    case "saveOwn":
      return save(session.ownFiles());
    case "open":
      return session.open(request.files);
    case "edit":
      return session.edit(request.edit);
  }
}

function save(files: readonly SavedFile[]): void {
  tell({ type: "saved", files });
  if (files.some(needsLayers)) tell({ type: "notice", text: NEEDS_LAYERS });
}

/** A step, and the next one behind what was asked for meanwhile. */
async function advance(started: number): Promise<void> {
  if (started !== turn) return;
  const start = performance.now();
  await session.step({ measures: false });
  const rest = 1000 / stepsPerSecond - (performance.now() - start);
  setTimeout(() => enqueue("start", () => advance(started)), Math.max(rest, 0));
}
