import type { Part, Place } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { applyPart } from "../noise/applyPart.js";
import type { LayerKey } from "../noise/NoiseSource.js";

type Cell = tf.layers.RNNCell;

/** What holds for one sequence. */
export interface Sequence {
  readonly parts: readonly Part[];
  readonly training: boolean;
  readonly key: LayerKey;
}

/**
 * A recurrent cell with noise around another one: on what it reads and on the states that it leaves. It
 * is told where a sequence starts, which tfjs tells no cell. Weights and their names are the other cell's.
 */
export class NoisyCell extends tf.layers.RNNCell {
  static readonly className = "dropoutkit>NoisyCell";
  readonly stateSize: number | number[];
  readonly cell: Cell;
  private sequence: Sequence | undefined;
  private timestep = 0;

  constructor(cell: Cell) {
    super({ name: cell.name });
    this.cell = cell;
    this.stateSize = cell.stateSize;
  }

  /** Starts a sequence: the next call is its timestep 0. */
  begin(sequence: Sequence): void {
    this.sequence = sequence;
    this.timestep = 0;
  }

  override build(inputShape: tf.Shape): void {
    this.cell.build(inputShape);
    this.built = true;
  }

  override call(inputs: tf.Tensor[], kwargs: { readonly training?: boolean }): tf.Tensor[] {
    return tf.tidy(() => {
      const [x, previous, ...further] = inputs;
      const noisy = [this.read(x), this.noise("state", previous), ...further];
      const [output, ...states] = this.cell.call(noisy, kwargs) as tf.Tensor[];
      const next = states.map((state, i) => this.next(state, [previous, ...further][i], i));
      this.timestep += 1;
      // Most cells give their first state out: then it is the one that the noise left.
      return [output === states[0] ? next[0] : output, ...next];
    });
  }

  /** The variant's target is the whole sequence, `[batch, time, features]`, and its field has one timestep. */
  private read(x: tf.Tensor): tf.Tensor {
    const [batch, ...features] = x.shape;
    const sequence = tf.reshape(x, [batch, 1, ...features]);
    return tf.reshape(this.noise("input", sequence), x.shape);
  }

  private next(state: tf.Tensor, previous: tf.Tensor, index: number): tf.Tensor {
    if (index === 0) return this.noise("nextState", state, { previous });
    return this.noise("nextCell", state, { previous, branch: index === 1 ? "" : `/${index}` });
  }

  private noise(
    at: Place,
    x: tf.Tensor,
    { previous, branch = "" }: { readonly previous?: tf.Tensor; readonly branch?: string } = {},
  ): tf.Tensor {
    if (this.sequence === undefined) {
      throw new Error("NoisyCell: begin must be called before a sequence, got none");
    }
    const { parts, training, key } = this.sequence;
    const call = {
      training,
      key: { ...key, site: key.site + branch },
      leaves: { previous },
      timestep: this.timestep,
    };
    return parts
      .filter((part) => part.at === at)
      .reduce((value, part) => applyPart(part, { ...call, x: value }), x);
  }

  override get trainableWeights(): tf.layers.Layer["trainableWeights"] {
    return this.cell.trainableWeights;
  }

  override get nonTrainableWeights(): tf.layers.Layer["nonTrainableWeights"] {
    return this.cell.nonTrainableWeights;
  }

  override get losses(): tf.layers.Layer["losses"] {
    // tfjs's constructor asks before the cell is set.
    return this.cell?.losses ?? [];
  }

  override setFastWeightInitDuringBuild(value: boolean): void {
    this.cell.setFastWeightInitDuringBuild(value);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return this.cell.getConfig();
  }
}
