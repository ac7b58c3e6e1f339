import { type OnnxModel, stripDropout } from "@dropoutkit/onnx";
import { applyModel } from "../graph/applyModel.js";
import { gradientSumModel } from "../graph/gradientSumModel.js";
import { stepModel } from "../graph/stepModel.js";
import { valuesOf } from "../graph/TrainingPlan.js";
import { type ModelWithLoss, withLoss } from "../losses/withLoss.js";
import { readParameters } from "../state/readParameters.js";
import type { PlannedTraining } from "../trainer/planTraining.js";
import type { TrainerOptions } from "../trainer/TrainerOptions.js";
import { Runner } from "./Runner.js";
import type { OrtLike, Tensor } from "./runtime.js";

export interface SessionsOptions<T extends Tensor> {
  readonly ort: OrtLike<T>;
  readonly base: OnnxModel;
  readonly options: TrainerOptions;
  readonly plan: PlannedTraining;
}

/** The sessions of a training, each opened when it is asked for first. */
export class Sessions<T extends Tensor> {
  readonly #made: SessionsOptions<T>;
  readonly #open = new Map<string, Promise<Runner<T>>>();

  constructor(made: SessionsOptions<T>) {
    this.#made = made;
  }

  /** The graphs that steps run. */
  graphsOfStep(): readonly OnnxModel[] {
    const { plan } = this.#made;
    return plan.accumulate === 1 ? [stepModel(plan)] : [gradientSumModel(plan), applyModel(plan)];
  }

  /** Forward, backward and update in one run. */
  step(): Promise<Runner<T>> {
    const { plan } = this.#made;
    return this.#once("step", () => ({ of: plan.withLoss, graph: stepModel(plan) }));
  }

  /** Forward and backward, which adds to the gradients of earlier runs. */
  gradients(): Promise<Runner<T>> {
    const { plan } = this.#made;
    return this.#once("gradients", () => ({ of: plan.withLoss, graph: gradientSumModel(plan) }));
  }

  /** The update alone. */
  update(): Promise<Runner<T>> {
    const { plan } = this.#made;
    return this.#once("update", () => ({ of: plan.withLoss, graph: applyModel(plan) }));
  }

  /** The loss with dropout off. */
  evaluation(): Promise<Runner<T>> {
    const { base, options, plan } = this.#made;
    return this.#once("evaluation", () => {
      // Penalties may read what the variant learned, which goes with the noise where nothing reads it.
      const of = withLoss(base, options);
      const graph = stripDropout(of.model);
      readParameters(graph, valuesOf(plan));
      return { of, graph };
    });
  }

  async release(): Promise<void> {
    for (const runner of this.#open.values()) await (await runner).release();
    this.#open.clear();
  }

  #once(
    name: string,
    make: () => { readonly of: ModelWithLoss; readonly graph: OnnxModel },
  ): Promise<Runner<T>> {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const { ort, base, options } = this.#made;
    const outputs = base.graph.output.map((output) => output.name);
    const opened = Runner.open({ ort, outputs, session: options.session ?? {}, ...make() });
    this.#open.set(name, opened);
    // A session that did not open needs no release, and may be tried again.
    opened.catch(() => this.#open.delete(name));
    return opened;
  }
}
