import type { Draft } from "./Draft.js";

/** Numbers that choose what a node reads, and how. */
export interface Choices {
  readonly which: number;
  readonly other: number;
  readonly how: number;
}

/** Adds a node, or a few, to a network. */
export interface Step {
  /** The first version that has what it writes. Default: 7. */
  readonly since?: number;
  readonly add: (draft: Draft, choices: Choices) => void;
}
