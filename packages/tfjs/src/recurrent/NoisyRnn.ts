import type { Variant } from "@dropoutkit/core";
import { ownedBy } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { applyPart } from "../noise/applyPart.js";
import { defineOptions, type LayerOptions } from "../noise/defineOptions.js";
import {
  type NoiseArgs,
  type NoiseCallArgs,
  NoiseSource,
  noiseConfig,
} from "../noise/NoiseSource.js";
import type { Noisy } from "../noise/Noisy.js";
import { deserialize, serialize } from "../registry/deserialize.js";
import { factoryName } from "../registry/factoryName.js";
import { checkTensors, kindOf, OF_ONE_COPY } from "../registry/oneCopy.js";
import { NoisyCell } from "./NoisyCell.js";

type Cell = tf.layers.RNNCell;
type RnnArgs = ConstructorParameters<typeof tf.layers.RNN>[0];

/** Options of a recurrent layer, and where its noise comes from. */
export interface NoisyRnnArgs extends Omit<RnnArgs, "cell">, NoiseArgs {
  /** Any cell, or several, of which each reads what the one before gives. */
  readonly cell: Cell | readonly Cell[];
}

/**
 * A recurrent layer that executes a variant of recurrent places around any cell. Each call is a sequence,
 * with the noise of (seed, site, step); of several cells, the i-th has the site `<site>/<i>`. Input
 * `[batch, time, features]`.
 */
export abstract class NoisyRnn extends tf.layers.RNN implements Noisy {
  declare readonly variant: Variant;
  declare seed: number;
  /** Training calls made so far: the step that the next one draws at. */
  declare step: number;
  /** Name of the layer's noise. */
  declare readonly site: string;
  /** Its drop probabilities that can be set, by the names of its properties. */
  declare readonly rates: Readonly<Record<string, number>>;
  private readonly source: NoiseSource;
  private readonly optionsConfig: () => tf.serialization.ConfigDict;
  private readonly cells: readonly NoisyCell[];

  /**
   * @throws {TypeError} If `cell` is no recurrent cell, has a dropout of tfjs's own, or `site` is no string.
   * @throws {RangeError} If `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(options: LayerOptions, { cell, ...args }: NoisyRnnArgs) {
    const made = factoryName(new.target);
    ownedBy(made, () => options.variantOf(options.rates));
    const cells = cellsOf(made, cell).map((inner) => new NoisyCell(inner));
    super({ ...args, cell: cells.length === 1 ? cells[0] : cells });
    if (!args.name) this.name = this.name.replace(/^.*_(\w+)>/, "$1_");
    this.source = new NoiseSource(`${made} "${this.name}"`, args);
    const others = { cell: this.cell };
    this.optionsConfig = defineOptions(this, { ...options, source: this.source, others });
    this.cells = cells;
  }

  /** @throws {TypeError} If `training` differs between places of one layer in a graph. */
  override apply(
    ...[inputs, kwargs]: Parameters<tf.layers.Layer["apply"]>
  ): ReturnType<tf.layers.Layer["apply"]> {
    this.source.place(inputs, kwargs);
    return super.apply(inputs, kwargs);
  }

  /**
   * @throws {TypeError} If an input is no tensor.
   * @throws {RangeError} If `step` is no integer in [0, 2^32).
   */
  override call(
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: NoiseCallArgs & tf.serialization.ConfigDict = {},
  ): tf.Tensor | tf.Tensor[] {
    checkTensors(this.source.owner, inputs);
    return tf.tidy(() => {
      const training = this.source.trains(kwargs);
      const key = this.source.key(this, kwargs);
      this.cells.forEach((cell, i) => {
        const site = this.cells.length === 1 ? key.site : `${key.site}/${i}`;
        cell.begin({ parts: this.variant.parts, training, key: { ...key, site } });
      });
      const outputs = super.call(inputs, kwargs);
      const [y, ...states] = Array.isArray(outputs) ? outputs : [outputs];
      const [batch, ...sizes] = y.shape;
      // The target is the whole sequence, also where only its end is given: one mask serves all timesteps.
      const sequence = this.returnSequences ? y : tf.reshape(y, [batch, 1, ...sizes]);
      const noisy = this.variant.parts
        .filter(({ at }) => at === "output")
        .reduce((x, part) => applyPart(part, { x, training, key }), sequence);
      this.source.advance(this, kwargs);
      const output = tf.reshape(noisy, y.shape);
      return this.returnState ? [output, ...states] : output;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { returnSequences, returnState, goBackwards, stateful, unroll } = this;
    return {
      // Not that of RNN, which spreads the cell's config over the layer's.
      ...tf.layers.Layer.prototype.getConfig.call(this),
      ...{ returnSequences, returnState, goBackwards, stateful, unroll },
      cell: this.cells.map(({ cell }) => serialize(cell)),
      ...this.optionsConfig(),
    };
  }

  /** Makes a layer from what `getConfig` returned. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const cells = Array.isArray(config["cell"]) ? config["cell"] : [config["cell"]];
    const cell = cells.map(deserialize) as unknown as tf.serialization.ConfigDictArray;
    return new cls({ ...noiseConfig(config), cell });
  }
}

/** One cell, a list of them, or tfjs's stack of them, as a list. */
function cellsOf(owner: string, cell: Cell | readonly Cell[]): readonly Cell[] {
  const stack: unknown = Array.isArray(cell) ? cell : (Reflect.get(cell ?? {}, "cells") ?? [cell]);
  const cells = Array.isArray(stack) ? stack : [stack];
  for (const one of cells) {
    if (!(one instanceof tf.layers.RNNCell)) {
      throw new TypeError(
        `${owner}: cell must be a recurrent cell ${OF_ONE_COPY}, got ${kindOf(one)}`,
      );
    }
    for (const name of ["dropout", "recurrentDropout"]) {
      const rate: unknown = Reflect.get(one, name);
      if (typeof rate === "number" && rate > 0) {
        throw new TypeError(
          `${owner}: cell must have no ${name} of its own, whose mask tfjs never draws again, got ${rate}`,
        );
      }
    }
  }
  return cells;
}
