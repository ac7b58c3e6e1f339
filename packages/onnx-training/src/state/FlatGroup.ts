import { chooseNames, type Which } from "../chooseNames.js";
import type { Optimizer } from "../optimizers/Optimizer.js";
import type { Parameter } from "../parameters.js";

/** Parameters that move by an optimizer of their own. */
export interface ParameterGroup {
  readonly parameters: Which;
  readonly optimizer: Optimizer;
}

/** A parameter as a part of its group's one tensor. */
export interface FlatParameter extends Parameter {
  /** Where its entries start. */
  readonly offset: number;
}

/** Parameters with one optimizer, whose entries lie one after another in one tensor, as those of its slots do. */
export interface FlatGroup {
  /** Name of the tensor; its slots are `<name>.<slot>`. */
  readonly name: string;
  readonly optimizer: Optimizer;
  readonly parameters: readonly FlatParameter[];
  /** Entries in all. */
  readonly size: number;
}

export interface FlatGroupOptions {
  /** Of the parameters that no group has. */
  readonly optimizer: Optimizer;
  readonly groups?: readonly ParameterGroup[];
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
  groups.forEach(({ parameters: which }, at) => {
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
      name: `training.${at}`,
      ...group,
      ...laidOut(members),
    }));
}

function laidOut(members: readonly Parameter[]): Pick<FlatGroup, "parameters" | "size"> {
  let size = 0;
  const parameters = members.map((parameter) => {
    const offset = size;
    size += parameter.start.length;
    return { ...parameter, offset };
  });
  return { parameters, size };
}

/** Name of a slot's tensor. */
export const slotOf = (group: FlatGroup, slot: string): string => `${group.name}.${slot}`;

/** Name of the output that replaces a tensor of the state. */
export const nextOf = (name: string): string => `${name}.next`;

/** The start values of a group, in its one tensor. */
export function startOf({ parameters, size }: FlatGroup): Float32Array {
  const values = new Float32Array(size);
  for (const { start, offset } of parameters) values.set(start, offset);
  return values;
}

/** The entries of each parameter in its group's tensor, as views. */
export function entriesOf(
  { parameters }: FlatGroup,
  values: Float32Array,
): ReadonlyMap<string, Float32Array> {
  return new Map(
    parameters.map(({ name, offset, start }) => [
      name,
      values.subarray(offset, offset + start.length),
    ]),
  );
}
