import {
  alphaDropout,
  type Channels,
  dropBlock,
  dropout,
  featureAlphaDropout,
  gaussianDropout,
  spatialDropout,
  stochasticDepth,
  type Variant,
} from "@dropoutkit/core";
import { type Command, Option } from "commander";
import { countOf } from "./options.js";

export interface VariantOptions {
  readonly variant?: string;
  readonly channels?: Channels;
  readonly blockSize?: number;
  readonly per?: "example" | "batch";
}

interface NamedVariant {
  /** The options that it takes beside the rate. */
  readonly takes: readonly (keyof VariantOptions)[];
  make(options: VariantOptions & { readonly rate: number }): Variant;
}

const variants: Readonly<Record<string, NamedVariant>> = {
  dropout: { takes: [], make: dropout },
  spatial: { takes: ["channels"], make: spatialDropout },
  alpha: { takes: [], make: alphaDropout },
  "feature-alpha": { takes: ["channels"], make: featureAlphaDropout },
  "drop-block": {
    takes: ["channels", "blockSize"],
    make: ({ blockSize = 7, ...options }) => dropBlock({ ...options, blockSize }),
  },
  "stochastic-depth": { takes: ["per"], make: stochasticDepth },
  gaussian: { takes: [], make: gaussianDropout },
};

export const addVariantOptions = (command: Command): Command =>
  command
    .addOption(new Option("--variant <name>", "kind of dropout").choices(Object.keys(variants)))
    .addOption(
      new Option(
        "--channels <place>",
        "of spatial, feature-alpha and drop-block: where the channels are (default: first)",
      ).choices(["first", "last"]),
    )
    .option("--block-size <size>", "of drop-block: edge of a block (default: 7)", countOf)
    .addOption(
      new Option(
        "--per <whom>",
        "of stochastic-depth: whom a branch is dropped for (default: example)",
      ).choices(["example", "batch"]),
    );

/** A function that makes the variant of the command line; undefined where none is named. */
export function variantOf(
  command: Command,
): ((options: { readonly rate: number }) => Variant) | undefined {
  const { variant: name, channels, blockSize, per } = command.opts<VariantOptions>();
  const given = {
    ...(channels && { channels }),
    ...(blockSize && { blockSize }),
    ...(per && { per }),
  };
  const variant = name === undefined ? undefined : variants[name];
  const takes: readonly string[] = variant?.takes ?? [];
  const other = Object.keys(given).find((key) => !takes.includes(key));
  if (other !== undefined) {
    const flag = other.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
    command.error(`error: option '--${flag}' is not for variant ${name ?? "dropout"}`);
  }
  return variant && ((options) => variant.make({ ...given, ...options }));
}
