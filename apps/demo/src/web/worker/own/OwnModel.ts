import type { OnnxOwn } from "./OnnxOwn.js";
import type { TfjsOwn } from "./TfjsOwn.js";

/** A model of digits that somebody brought, as its framework reads it. */
export type OwnModel = OnnxOwn | TfjsOwn;
