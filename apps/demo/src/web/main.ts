import "uplot/dist/uPlot.min.css";
import type { Event, Request } from "./messages.js";
import { Curves } from "./view/Curves.js";
import { readSettings, showControls } from "./view/controls.js";
import { DrawingPad } from "./view/DrawingPad.js";
import { element } from "./view/element.js";
import { showAnswer } from "./view/showAnswer.js";
import { showGap } from "./view/showGap.js";

const worker = new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" });
const tell = (request: Request): void => worker.postMessage(request);

const text = (id: string, value: string): void => {
  element(id, HTMLElement).textContent = value;
};
const charts = [
  new Curves("accuracy", (scores) => [100 * scores.trainAccuracy, 100 * scores.validationAccuracy]),
  new Curves("loss", (scores) => [scores.trainLoss, scores.validationLoss]),
];
const pad = new DrawingPad();
const form = element("controls", HTMLFormElement);
let running = false;

function setRunning(value: boolean): void {
  running = value;
  text("start", running ? "Pause" : "Start");
  element("step", HTMLButtonElement).disabled = running;
}

function reset(): void {
  setRunning(false);
  tell({ type: "reset" });
  for (const id of ["count", "notice", "error"]) text(id, "");
}

/** Networks are gone: so are their curves. */
function clear(): void {
  for (const chart of charts) chart.clear();
  showGap(undefined);
  element("bars", HTMLOListElement).replaceChildren();
  text("verdict", "");
  text("count", "");
}

const stepsPerSecond = (): number => Number(element("speed", HTMLSelectElement).value);

function on(id: string, listener: () => void): void {
  element(id, HTMLElement).addEventListener("click", () => {
    text("error", "");
    listener();
  });
}

showControls(reset);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  text("error", "");
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
on("ask", () => tell({ type: "ask", image: pad.image() }));
on("clear", () => pad.clear());

worker.addEventListener("message", ({ data }: MessageEvent<Event>) => {
  switch (data.type) {
    case "status":
    case "notice":
      text(data.type, data.text);
      if (data.text === "Ready") clear();
      return;
    case "step":
      text("count", `step ${data.step}`);
      return;
    case "point":
      for (const chart of charts) chart.add(data.point);
      return showGap(data.point);
    case "answer":
      return showAnswer(data.answer);
    case "saved":
      return download(data);
    case "error":
      setRunning(false);
      text("status", "Stopped");
      text("error", data.message);
  }
});

function download({ name, bytes }: Extract<Event, { type: "saved" }>): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
