import { DataType, type NodeProto } from "../model/schema.js";
import type { MaybeDim } from "./dims.js";

/** Elements of a scalar or a short list, in order; those that are not known are undefined. */
export type KnownValue = readonly MaybeDim[];

/** What is known of a tensor. */
export interface Facts {
  /** ONNX's number for the element type; 0 where it is not known. */
  readonly dataType: number;
  /** Undefined where not even the rank is known. */
  readonly dims?: readonly MaybeDim[] | undefined;
  readonly value?: KnownValue | undefined;
  /** Elements of a small matrix, row by row, which pads and the like are put together by. */
  readonly rows?: readonly KnownValue[] | undefined;
  /** Of a sequence or an optional: what is known of each tensor in it. */
  readonly element?: Facts | undefined;
}

/** A node with what is known of its inputs. */
export interface NodeContext {
  readonly node: NodeProto;
  /** Version of the standard operators. */
  readonly opset: number;
  readonly inputs: readonly Facts[];
  /** Facts of the outputs of a nested graph, which is an attribute, by those of its inputs. */
  readonly body: (attribute: string, inputs: readonly Facts[]) => readonly Facts[];
}

/** What is known of a node's outputs. */
export type ShapeRule = (context: NodeContext) => readonly Facts[];

/** Nothing. */
export const unknown: Facts = { dataType: DataType.UNDEFINED };
