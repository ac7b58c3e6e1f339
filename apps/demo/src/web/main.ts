import "uplot/dist/uPlot.min.css";
import { networkOf, variantOf } from "../experiment/networks/networks.js";
import type { Event, Request } from "./messages.js";
import { OWN } from "./network/Settings.js";
import { startWorker } from "./startWorker.js";
import { Curves } from "./view/Curves.js";
import { chooseOwn, readSettings, showControls, writeSettings } from "./view/controls.js";
import { DrawingPad } from "./view/DrawingPad.js";
import { download } from "./view/download.js";
import { Errors } from "./view/Errors.js";
import { element } from "./view/element.js";
import { Masks } from "./view/Masks.js";
import { OwnPanel } from "./view/OwnPanel.js";
import { Parity } from "./view/Parity.js";
import { showAnswer } from "./view/showAnswer.js";
import { showGap } from "./view/showGap.js";
import { showLabels } from "./view/showLabels.js";
import { takeFiles } from "./view/takeFiles.js";

const worker = startWorker();
const tell = async (request: Request): Promise<void> => (await worker).postMessage(request);

const text = (id: string, value: string): void => {
  element(id, HTMLElement).textContent = value;
};
const charts = [
  new Curves("accuracy", (scores) => [100 * scores.trainAccuracy, 100 * scores.validationAccuracy]),
  new Curves("loss", (scores) => [scores.trainLoss, scores.validationLoss]),
];
const errors = new Errors();
const pad = new DrawingPad();
const parity = new Parity();
const masks = new Masks((at) => tell({ type: "masks", settings: readSettings(), at }));
const own = new OwnPanel((edit) => {
  errors.clear();
  setRunning(false);
  tell({ type: "edit", edit });
});
const form = element("controls", HTMLFormElement);
let running = false;
let lastStep = 0;

function setRunning(value: boolean): void {
  running = value;
  text("start", running ? "Pause" : "Start");
  element("step", HTMLButtonElement).disabled = running;
}

function reset(): void {
  setRunning(false);
  tell({ type: "reset" });
  clear();
  text("notice", "");
  errors.clear();
}

/** Other settings are other networks. */
function change(): void {
  reset();
  showLabels(readSettings());
  if (form.checkValidity()) masks.refresh();
}

/** Networks are gone: so are their curves. */
function clear(): void {
  for (const chart of charts) chart.clear();
  parity.clear();
  showGap(undefined);
  element("bars", HTMLOListElement).replaceChildren();
  text("verdict", "");
  text("count", "");
  lastStep = 0;
}

const stepsPerSecond = (): number => Number(element("speed", HTMLSelectElement).value);

function on(id: string, listener: () => void): void {
  element(id, HTMLElement).addEventListener("click", () => {
    errors.clear();
    listener();
  });
}

showControls(change);
change();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  errors.clear();
  if (running) tell({ type: "pause" });
  else tell({ type: "start", settings: readSettings(), stepsPerSecond: stepsPerSecond() });
  setRunning(!running);
});
element("speed", HTMLElement).addEventListener("change", () =>
  tell({ type: "speed", stepsPerSecond: stepsPerSecond() }),
);
on("step", () => {
  if (form.reportValidity()) tell({ type: "step", settings: readSettings() });
});
on("reset", reset);
on("save", () => tell({ type: "save" }));
on("checkpoint", () => tell({ type: "checkpoint" }));
on("own-save", () => tell({ type: "saveOwn" }));
takeFiles((files, at) => {
  errors.clear();
  errors.openAt(at);
  setRunning(false);
  tell({ type: "open", files });
});
on("ask", () => tell({ type: "ask", image: pad.image() }));
on("clear", () => pad.clear());

function hear(data: Event): void {
  switch (data.type) {
    case "status":
      text("status", data.text);
      if (!running && lastStep > 0) masks.follow(lastStep, { running, now: performance.now() });
      break;
    case "notice":
    case "data":
      text(data.type, data.text);
      break;
    case "cleared":
      clear();
      if (data.settings !== undefined) writeSettings(data.settings);
      showLabels(readSettings());
      break;
    case "own":
      own.show(data.report);
      chooseOwn(data.report);
      text("status", "Ready");
      masks.refresh();
      break;
    case "step":
      lastStep = data.step;
      text("count", `step ${lastStep}`);
      if (readSettings().beside === "framework") parity.add(data.losses);
      masks.follow(lastStep, { running, now: performance.now() });
      break;
    case "point":
      for (const chart of charts) chart.add(data.point);
      showGap(data.point);
      break;
    case "masks":
      masks.show(data.views, rateLabels());
      break;
    case "answer":
      showAnswer(data.answer);
      break;
    case "saved":
      download(data.files);
      break;
    case "error":
      setRunning(false);
      text("status", "Stopped");
      errors.show(data.at, data.message);
  }
}

function rateLabels(): string[] {
  const { network, variant } = readSettings();
  if (network === OWN) return [];
  return variantOf(networkOf(network), variant).rates.map(({ label }) => label);
}

(await worker).addEventListener("message", ({ data }: MessageEvent<Event>) => hear(data));
