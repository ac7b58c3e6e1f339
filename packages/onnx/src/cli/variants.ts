import type { Variant } from "@dropoutkit/core";
import {
  kebabCase,
  makeVariant,
  type OptionKind,
  type VariantEntry,
  variantTable,
} from "@dropoutkit/core/adapter";
import { type Command, InvalidArgumentError, Option } from "commander";
import { countOf } from "./options.js";

/** Some options of a variant, as its factory takes them. */
const startsOf = ({ options }: VariantEntry): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, { start }]) =>
      start === undefined ? [] : [[name, start]],
    ),
  );

const atRate = (
  entry: VariantEntry,
  rate: number,
  options: Readonly<Record<string, unknown>>,
): Variant =>
  makeVariant(entry, {
    ...options,
    ...Object.fromEntries(entry.rates.map((name) => [name, rate])),
  });

/** Whether a variant has one place, on activations or on what enters a layer, and one rate. */
const isOfTensors = (entry: VariantEntry): boolean => {
  const { parts } = atRate(entry, 0.5, startsOf(entry));
  return entry.rates.length === 1 && parts.length === 1 && /^(activation|input)$/.test(parts[0].at);
};

/** Variants by their names on a command line. */
export type NamedVariants = ReadonlyMap<string, VariantEntry>;

/** Those that are put on tensors. */
export const variants: NamedVariants = new Map(
  variantTable.filter(isOfTensors).map((entry) => [kebabCase(entry.name), entry]),
);

/** Those of them that learn nothing. */
export const fixedVariants: NamedVariants = new Map(
  [...variants].filter(([, entry]) => !atRate(entry, 0.5, startsOf(entry)).learned),
);

export function addVariantOptions(command: Command, named: NamedVariants): Command {
  command.addOption(new Option("--variant <name>", "kind of dropout").choices([...named.keys()]));
  const described = new Set<string>();
  for (const [name, { takes, about, start }] of [...named.values()].flatMap(({ options }) =>
    Object.entries(options),
  )) {
    if (described.has(name)) continue;
    described.add(name);
    const takers = [...named].filter(([, { options }]) => name in options).map(([key]) => key);
    const ends = start === undefined ? "" : ` (default: ${start})`;
    const option = new Option(
      `--${kebabCase(name)} ${placeholder(takes)}`,
      `of ${listed(takers)}: ${about}${ends}`,
    );
    command.addOption(
      typeof takes === "object" ? option.choices(takes.choices) : option.argParser(parsers[takes]),
    );
  }
  return command;
}

/** A function that makes the variant of the command line; undefined where none is named. */
export function variantOf(
  command: Command,
  named: NamedVariants,
): ((options: { readonly rate: number }) => Variant) | undefined {
  const given = command.opts<Record<string, unknown>>();
  const { variant: name = "dropout" } = given;
  const entry = named.get(String(name));
  const known = new Set([...named.values()].flatMap(({ options }) => Object.keys(options)));
  const options = Object.fromEntries(Object.entries(given).filter(([key]) => known.has(key)));
  const other = Object.keys(options).find((key) => !(key in (entry?.options ?? {})));
  if (other !== undefined) {
    command.error(`error: option '--${kebabCase(other)}' is not for variant ${String(name)}`);
  }
  const isNamed = "variant" in given || Object.keys(options).length > 0;
  return entry && isNamed
    ? ({ rate }) => atRate(entry, rate, { ...startsOf(entry), ...options })
    : undefined;
}

/** `a`, `a and b`, or `a, b and c`. */
const listed = (names: readonly string[]): string =>
  names.join(", ").replace(/, ([^,]*)$/, " and $1");

type Parsed = Exclude<OptionKind, object>;

const placeholder = (takes: OptionKind): string =>
  typeof takes === "object"
    ? "<which>"
    : { count: "<count>", number: "<number>", sizes: "<sizes>" }[takes];

const parsers: Readonly<Record<Parsed, (text: string) => unknown>> = {
  count: countOf,
  number(text) {
    const number = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isFinite(number)) return number;
    throw new InvalidArgumentError("It must be a number.");
  },
  sizes: (text) =>
    text.split(",").map((size) => (size.trim() === "null" ? null : countOf(size.trim()))),
};
