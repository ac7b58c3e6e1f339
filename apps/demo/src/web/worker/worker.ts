import type { Digits } from "../../data/digits.js";
import { drawDigits } from "../../data/drawDigits.js";
import type { Event, Request } from "../messages.js";
import { runtimeOf } from "../network/runtimes.js";
import type { Settings } from "../network/Settings.js";
import { loadRuntime } from "./loadRuntime.js";
import { Training } from "./Training.js";

/** Steps between two points of the curves. */
const MEASURED_EVERY = 8;

let digits: Digits | undefined;
let training: Training | undefined;
let stepsPerSecond = Number.POSITIVE_INFINITY;
let runs = false;
/** Requests wait for each other, so that no two of them are in a framework at once. */
let queue: Promise<void> = Promise.resolve();

const tell = (event: Event): void => postMessage(event);

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  if (data.type === "pause" || data.type === "reset") runs = false;
  if (data.type === "speed") stepsPerSecond = data.stepsPerSecond;
  enqueue(data.type, () => handle(data));
});

function enqueue(at: Request["type"], task: () => Promise<void>): void {
  queue = queue.then(task).catch((error: unknown) => {
    runs = false;
    tell({ type: "error", at, message: error instanceof Error ? error.message : String(error) });
  });
}

async function handle(request: Request): Promise<void> {
  switch (request.type) {
    case "start":
      stepsPerSecond = request.stepsPerSecond;
      await prepare(request.settings);
      runs = true;
      tell({ type: "status", text: "Training" });
      enqueue("start", advance);
      return;
    case "step":
      await move(await prepare(request.settings), true);
      tell({ type: "status", text: "Paused" });
      return;
    case "pause":
      tell({ type: "status", text: "Paused" });
      return;
    case "reset":
      await training?.dispose();
      training = undefined;
      tell({ type: "status", text: "Ready" });
      return;
    case "ask":
      tell({ type: "answer", answer: await started().ask(request.image) });
      return;
    case "save":
      tell({ type: "saved", ...(await started().save()) });
  }
}

function started(): Training {
  if (training === undefined) throw new Error("Train the network for a few steps first.");
  return training;
}

async function prepare(settings: Settings): Promise<Training> {
  if (training !== undefined) return training;
  if (digits === undefined) {
    tell({ type: "status", text: "Drawing the digits" });
    digits = drawDigits();
  }
  tell({ type: "status", text: "Loading the framework" });
  const { make, notice } = await loadRuntime(runtimeOf(settings.runtime));
  tell({ type: "notice", text: notice ?? "" });
  training = await Training.create({ digits, settings, make });
  tell({ type: "point", point: await training.measure() });
  return training;
}

/** A step, and the next one behind what was asked for meanwhile. */
async function advance(): Promise<void> {
  if (!runs || training === undefined) return;
  const start = performance.now();
  await move(training, false);
  const rest = 1000 / stepsPerSecond - (performance.now() - start);
  setTimeout(() => enqueue("start", advance), Math.max(rest, 0));
}

async function move(current: Training, measures: boolean): Promise<void> {
  const loss = await current.step();
  tell({ type: "step", step: current.steps, loss });
  if (measures || current.steps % MEASURED_EVERY === 0) {
    tell({ type: "point", point: await current.measure() });
  }
}
