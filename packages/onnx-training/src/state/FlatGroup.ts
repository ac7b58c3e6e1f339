import type { Optimizer } from "../optimizers/Optimizer.js";
import { chooseNames, type WhichWeights } from "../parameters/chooseNames.js";
import type { Parameter } from "../parameters/Parameter.js";

/** Weights that move by an optimizer of their own. */
export interface WeightGroup {
  readonly weights: WhichWeights;
  readonly optimizer: Optimizer;
}

/** A parameter as a part of its group's one tensor: its entries, row-major, from `offset` on. */
export interface FlatParameter extends Parameter {
  /** Where its entries start. */
  readonly offset: number;
}

/** Values that training changes, whose entries lie one after another in one float32 tensor `[size]`. */
export interface FlatTensor {
  readonly name: string;
  readonly parameters: readonly FlatParameter[];
  /** Entries in all. */
  readonly size: number;
}

/** Parameters with one optimizer, whose slots are tensors `<name>.<slot>` of the same entries. */
export interface FlatGroup extends FlatTensor {
  readonly optimizer: Optimizer;
}

export interface FlatGroupOptions {
  /** Of the parameters that no group has. */
  readonly optimizer: Optimizer;
  readonly groups?: readonly WeightGroup[];
}

/**
 * The parameters by their groups; those of no group come first.
 * @throws {Error} If a group has no parameters, or a parameter has two groups.
 */
export function flatGroups(
  parameters: readonly Parameter[],
  { optimizer, groups = [] }: FlatGroupOptions,
): FlatGroup[] {
  const names = parameters.map(({ name }) => name);
  const own = new Map<string, number>();
  groups.forEach(({ weights: which }, at) => {
    for (const name of chooseNames({ owner: "Trainer", option: `groups[${at}]`, which, names })) {
      if (own.has(name)) {
        throw new Error(
          `Trainer: parameter ${name} must be in one group, got groups ${own.get(name)} and ${at}`,
        );
      }
      own.set(name, at);
    }
  });
  const rest = { optimizer, members: parameters.filter(({ name }) => !own.has(name)) };
  const chosen = groups.map((group, at) => ({
    optimizer: group.optimizer,
    members: parameters.filter(({ name }) => own.get(name) === at),
  }));
  return [rest, ...chosen]
    .filter(({ members }) => members.length > 0)
    .map(({ members, ...group }, at) => ({
      ...group,
      ...flatTensor(`training.${at}`, members),
    }));
}

/** Lays values out one after another. */
export function flatTensor(name: string, members: readonly Parameter[]): FlatTensor {
  let size = 0;
  const parameters = members.map((parameter) => {
    const offset = size;
    size += parameter.start.length;
    return { ...parameter, offset };
  });
  return { name, parameters, size };
}

/** Name of a slot's tensor. */
export const slotOf = (group: FlatGroup, slot: string): string => `${group.name}.${slot}`;

/** Name of the output that replaces a tensor of the state. */
export const nextOf = (name: string): string => `${name}.next`;

/** The start values of a group, in its one tensor. */
export function startOf({ parameters, size }: FlatTensor): Float32Array {
  const values = new Float32Array(size);
  for (const { start, offset } of parameters) values.set(start, offset);
  return values;
}

/** The entries of each parameter in its group's tensor, as views. */
export function entriesOf(
  { parameters }: FlatTensor,
  values: Float32Array,
): ReadonlyMap<string, Float32Array> {
  return new Map(
    parameters.map(({ name, offset, start }) => [
      name,
      values.subarray(offset, offset + start.length),
    ]),
  );
}
