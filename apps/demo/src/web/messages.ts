import type { MaskView } from "./masks/MaskView.js";
import type { Settings } from "./network/Settings.js";

/** What the page tells the worker. */
export type Request =
  | { readonly type: "start"; readonly settings: Settings; readonly stepsPerSecond: number }
  | { readonly type: "speed"; readonly stepsPerSecond: number }
  | { readonly type: "pause" }
  | { readonly type: "step"; readonly settings: Settings }
  | { readonly type: "reset" }
  | { readonly type: "masks"; readonly settings: Settings; readonly at: MaskPlace }
  | { readonly type: "ask"; readonly image: Float32Array }
  | { readonly type: "save" | "checkpoint" | "saveOwn" }
  /** Of any kind that the page reads: data, models, checkpoints. */
  | { readonly type: "open"; readonly files: readonly File[] }
  | { readonly type: "edit"; readonly edit: Edit };

/** A change of the dropout of somebody's own model. */
export type Edit =
  | {
      readonly kind: "insert";
      /** Ids of the places that it goes behind. */
      readonly places: readonly string[];
      readonly variant: EditVariant;
      readonly rate: number;
    }
  | { readonly kind: "rate"; readonly rate: number }
  | { readonly kind: "strip" };

export type EditVariant = "dropout" | "gaussian-dropout" | "alpha-dropout" | "spatial-dropout";

/** What the page shows of somebody's own model. */
export interface OwnReport {
  readonly name: string;
  readonly framework: "tfjs" | "onnx";
  readonly sites: readonly {
    readonly site: string;
    readonly variant: string;
    /** Undefined where it is computed or learned. */
    readonly rate: number | undefined;
  }[];
  /** Where dropout can go; those of activations are usual. */
  readonly places: readonly {
    readonly id: string;
    readonly label: string;
    readonly isUsual: boolean;
  }[];
  readonly pitfalls: readonly string[];
}

/** A file that the page offers to save. */
export interface SavedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Whose masks are shown: both count from 0. */
export interface MaskPlace {
  readonly step: number;
  /** In the batch. */
  readonly example: number;
}

/** Loss, and accuracies in [0, 1], of one network with dropout off. */
export interface Scores {
  readonly trainLoss: number;
  readonly validationLoss: number;
  readonly trainAccuracy: number;
  readonly validationAccuracy: number;
}

/** Two values, of the two networks that train side by side. */
export interface Pair<T> {
  /** Of the network with dropout. */
  readonly first: T;
  /** Of the one beside it. */
  readonly second: T;
}

/** Both networks after a step. */
export interface Point extends Pair<Scores> {
  readonly step: number;
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
  | { readonly type: "step"; readonly step: number; readonly losses: Pair<number> }
  | { readonly type: "masks"; readonly views: readonly MaskView[] }
  | { readonly type: "answer"; readonly answer: Answer }
  | { readonly type: "saved"; readonly files: readonly SavedFile[] }
  | { readonly type: "own"; readonly report: OwnReport }
  | { readonly type: "data"; readonly text: string }
  /** Networks are gone; with these settings others go on from a checkpoint. */
  | { readonly type: "cleared"; readonly settings: Settings | undefined }
  | { readonly type: "error"; readonly at: Request["type"]; readonly message: string };
