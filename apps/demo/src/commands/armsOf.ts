import { networkFor } from "../experiment/networks/Network.js";
import type { Arm } from "../experiment/networks/Noise.js";
import { networkOf, type VariantChoice } from "../experiment/networks/networks.js";
import type { ChosenVariant, TrainingOptions } from "./TrainingOptions.js";
import { UsageError } from "./UsageError.js";

/**
 * The arms with noise that options ask for.
 * @throws {UsageError} If options do not go together.
 */
export function armsOf(options: TrainingOptions): Arm[] {
  const { network: id, hidden, maxNorm } = options;
  if (id !== "mlp" && hidden) throw new UsageError(`hidden units are of the mlp, got ${id}`);
  if (id !== "mlp" && maxNorm) throw new UsageError(`max-norm is of the mlp, got ${id}`);
  const { variants } = networkOf(id);
  const { variant: chosen = [{ variant: variants[0].id }] } = options;
  return chosen.map((choice) => {
    const variant = variants.find((one) => one.id === choice.variant);
    if (variant !== undefined) return armOf(variant, { choice, options });
    throw new UsageError(
      `variant of the ${id} must be one of ${variants.map((one) => one.id).join(", ")}, got ${choice.variant}`,
    );
  });
}

interface ArmOptions {
  readonly choice: ChosenVariant;
  readonly options: TrainingOptions;
}

function armOf({ id: variant, activation, rates }: VariantChoice, arm: ArmOptions): Arm {
  const { network: id, hidden, inputRate } = arm.options;
  const network = networkFor(id, { hidden, activation });
  const own =
    network.id === "mlp"
      ? network.hidden.map(() => rates[0].start)
      : rates.map(({ start }) => start);
  return { network, noise: { variant, rates: ratesOf(own, arm), inputRate } };
}

/** One for each place: those that were given, or the variant's own. */
function ratesOf(own: readonly number[], { choice, options }: ArmOptions): readonly number[] {
  const given = choice.rates ?? options.rate;
  if (given === undefined || given.length === own.length) return given ?? own;
  if (given.length === 1) return own.map(() => given[0]);
  throw new UsageError(
    `rates of ${choice.variant} must be one, or ${own.length}, got ${given.join("/")}`,
  );
}
