import { type AttributeProto, DataType, type ValueInfoProto } from "../model/schema.js";
import type { Dim } from "../model/valueInfo.js";
import { declaredDim, type MaybeDim } from "./dims.js";
import { quoteName } from "./readFormula.js";
import { type Facts, unknown } from "./ShapeRule.js";
import { heldValue } from "./values.js";

/** Facts whose sizes all have a name, if they are not numbers. */
export interface NamedFacts extends Facts {
  readonly dims?: readonly Dim[] | undefined;
}

/** Where names mean something: a graph, inside of the graph that its node stands in. */
export interface Scope {
  readonly facts: Map<string, NamedFacts>;
  readonly outer?: Scope;
  /** What the names of unknown sizes begin with; empty for the model's own graph. */
  readonly path: string;
  readonly opset: number;
  readonly depth: number;
  /** The sizes that the model's inputs name. */
  readonly names: ReadonlySet<string>;
  /** In a function: what its call gives. */
  readonly attributes?: ReadonlyMap<string, AttributeProto>;
}

export function lookUp(name: string, scope: Scope): NamedFacts {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const facts = at.facts.get(name);
    if (facts !== undefined) return facts;
  }
  return { dataType: DataType.UNDEFINED };
}

/** What a graph says of a value. In a nested graph a named size may be another each time that it runs, so only the model's own graph names sizes. */
export function declare({ type }: Pick<ValueInfoProto, "type">, scope: Scope): Facts {
  const { path, names } = scope;
  if (type?.value.case === "sequenceType" || type?.value.case === "optionalType") {
    const { elemType: inner } = type.value.value;
    const element = declare({ type: inner }, scope);
    return element === unknown ? unknown : { ...unknown, element };
  }
  if (type?.value.case !== "tensorType") return unknown;
  const { elemType, shape } = type.value.value;
  const dims = shape?.dim.map(({ value }): MaybeDim => {
    if (value.case === "dimValue") return sizeOrUnknown(Number(value.value));
    if (path !== "" || value.case !== "dimParam" || value.value === "") return undefined;
    return sizeOrUnknown(declaredDim(value.value, names));
  });
  return { dataType: elemType, dims };
}

/** What is inferred, and what is declared where that says nothing. */
export function mergeFacts(inferred: Facts, declared: Facts): Facts {
  if (declared === unknown) return inferred;
  const dataType = inferred.dataType || declared.dataType;
  const { value, rows, element = declared.element } = inferred;
  const others = { value, rows, element };
  if (inferred.dims === undefined) return { dataType, dims: declared.dims, ...others };
  const sizes = inferred.dims.length === declared.dims?.length ? declared.dims : [];
  const dims = inferred.dims.map((dim, axis) => sizeOrUnknown(dim) ?? sizes[axis]);
  return { dataType, dims, ...others };
}

/** Notes what is known of a tensor; a size that is not is named after the tensor and the axis. */
export function note({ facts, path }: Scope, name: string, known: Facts): void {
  const dims = known.dims?.map(
    (dim, axis) => sizeOrUnknown(dim) ?? quoteName(`${path}${name}.${axis}`),
  );
  const named: NamedFacts = { dataType: known.dataType, dims };
  const { rows, element } = known;
  facts.set(name, { ...named, value: heldValue(named, known.value), rows, element });
}

/** Whether a number is the size of something; of a malformed model it may be anything. */
const sizeOrUnknown = (dim: MaybeDim): MaybeDim =>
  typeof dim !== "number" || (Number.isSafeInteger(dim) && dim >= 0) ? dim : undefined;

/** Facts as they stand outside of a nested graph: sizes that its unknown ones are part of are unknown. */
export function forget({ dataType, dims, value, rows, element }: Facts, path: string): Facts {
  const outside = (dim: MaybeDim): MaybeDim =>
    typeof dim === "string" && dim.includes(path) ? undefined : dim;
  return {
    dataType,
    dims: dims?.map(outside),
    value: value?.map(outside),
    rows: rows?.map((row) => row.map(outside)),
    element: element && forget(element, path),
  };
}
