import type { Settings } from "./network/Settings.js";

/** What the page tells the worker. */
export type Request =
  | { readonly type: "start"; readonly settings: Settings; readonly stepsPerSecond: number }
  | { readonly type: "speed"; readonly stepsPerSecond: number }
  | { readonly type: "pause" }
  | { readonly type: "step"; readonly settings: Settings }
  | { readonly type: "reset" }
  | { readonly type: "ask"; readonly image: Float32Array }
  | { readonly type: "save" };

/** Loss, and accuracies in [0, 1], of one network with dropout off. */
export interface Scores {
  readonly trainLoss: number;
  readonly validationLoss: number;
  readonly trainAccuracy: number;
  readonly validationAccuracy: number;
}

/** Both networks after a step. */
export interface Point {
  readonly step: number;
  readonly plain: Scores;
  readonly dropout: Scores;
}

/** Probabilities of the ten digits: without dropout, and in each pass with dropout. */
export interface Answer {
  readonly clean: readonly number[];
  readonly passes: readonly (readonly number[])[];
}

/** What the worker tells the page. */
export type Event =
  | { readonly type: "status"; readonly text: string }
  | { readonly type: "notice"; readonly text: string }
  | { readonly type: "point"; readonly point: Point }
  | { readonly type: "step"; readonly step: number; readonly loss: number }
  | { readonly type: "answer"; readonly answer: Answer }
  | { readonly type: "saved"; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "error"; readonly at: Request["type"]; readonly message: string };
