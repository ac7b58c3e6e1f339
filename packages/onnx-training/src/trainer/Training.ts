import { encodeModel, type OnnxModel, stripDropout } from "@dropoutkit/onnx";
import { type Bytes, sitesOf } from "@dropoutkit/onnx/graph";
import { flattenGradients } from "../backward/flattenGradients.js";
import { checkpointModel } from "../checkpoint/checkpointModel.js";
import { withWeights } from "../checkpoint/withWeights.js";
import { type NodeOnCpu, nodesOnCpu } from "../fallback/nodesOnCpu.js";
import { CHECK, UPDATE_CHECK } from "../graph/addCheck.js";
import { sumOf } from "../graph/gradientSumModel.js";
import { valuesOf } from "../graph/TrainingPlan.js";
import { NoiseFeeds } from "../runtime/NoiseFeeds.js";
import type { Runner, RunResult } from "../runtime/Runner.js";
import type { Feeds, Tensor } from "../runtime/runtime.js";
import { ScalarFeeds } from "../runtime/ScalarFeeds.js";
import { Sessions, type SessionsOptions } from "../runtime/Sessions.js";
import { entriesOf, type FlatGroup, nextOf, slotOf } from "../state/FlatGroup.js";
import { TrainingState } from "../state/TrainingState.js";
import type { Progress } from "./Progress.js";

/** What a run gives that ends at the gradients. */
export interface GradientResult<T extends Tensor = Tensor> extends RunResult<T> {
  /** The loss's gradient with respect to each parameter, by the parameters' names. */
  readonly gradients: Feeds<T>;
}

/** A weight that is trained. */
export interface TrainedParameter {
  readonly name: string;
  readonly dims: readonly number[];
}

const START: Progress = { steps: 0, updates: 0, accumulated: 0 };

/** The work behind a Trainer, one thing at a time: its sessions, its state, and what goes from one to the other. */
export class Training<T extends Tensor> {
  readonly state: TrainingState;
  progress: Progress = START;
  readonly #made: SessionsOptions<T>;
  readonly #sessions: Sessions<T>;
  readonly #noise: NoiseFeeds;
  readonly #scalars: ScalarFeeds;

  constructor(made: SessionsOptions<T>) {
    const { ort, plan, options } = made;
    const { dims } = options;
    this.#made = made;
    this.#sessions = new Sessions(made);
    this.#noise = new NoiseFeeds({ ort, sites: sitesOf(plan.model), seed: plan.seed, dims });
    this.#scalars = new ScalarFeeds(ort, plan.groups);
    this.state = new TrainingState(ort, plan);
  }

  get parameters(): readonly TrainedParameter[] {
    const { groups } = this.#made.plan;
    return groups.flatMap(({ parameters }) => parameters.map(({ name, dims }) => ({ name, dims })));
  }

  /** Opens the sessions that steps need. */
  async open(): Promise<void> {
    if (this.#made.plan.accumulate === 1) {
      await this.#sessions.step();
      return;
    }
    // One after the other: on WebGPU the runtime opens no two at once.
    await this.#sessions.gradients();
    await this.#sessions.update();
  }

  step(batch: Feeds): Promise<RunResult<T>> {
    return this.#wholeOrNot(() =>
      this.#made.plan.accumulate === 1 ? this.#wholeStep(batch) : this.#partOfStep(batch),
    );
  }

  gradients(batch: Feeds): Promise<GradientResult<T>> {
    return this.#wholeOrNot(() => this.#gradients(batch));
  }

  apply(gradients: Feeds): Promise<void> {
    return this.#wholeOrNot(() => this.#apply(gradients));
  }

  /** Does work after which state and counts are as they were, if it fails. */
  async #wholeOrNot<Result>(work: () => Promise<Result>): Promise<Result> {
    const { progress } = this;
    const before = this.state.snapshot();
    try {
      return await work();
    } catch (error) {
      this.state.restore(before);
      this.progress = progress;
      throw error;
    } finally {
      this.state.release(before);
    }
  }

  async #gradients(batch: Feeds): Promise<GradientResult<T>> {
    const { ort, plan } = this.#made;
    const zeros = ({ size }: FlatGroup): Tensor =>
      new ort.Tensor("float32", new Float32Array(size), [size]);
    const { result, results } = await this.#forward("Trainer.gradients", {
      runner: await this.#sessions.gradients(),
      batch,
      feeds: {
        ...Object.fromEntries(plan.groups.map((group) => [sumOf(group), zeros(group)])),
        ...this.#scalars.share(1),
      },
    });
    this.state.advance(results, plan.statistics === undefined ? [] : [plan.statistics.name]);
    const gradients: Record<string, T> = {};
    for (const group of plan.groups) {
      const flat = await TrainingState.take(results[nextOf(sumOf(group))]);
      const entries = entriesOf(group, flat);
      for (const { name, dims } of group.parameters) {
        gradients[name] = new ort.Tensor("float32", entries.get(name) ?? flat, dims);
      }
    }
    return { ...result, gradients };
  }

  async #apply(gradients: Feeds): Promise<void> {
    const { ort, plan } = this.#made;
    const flat: Record<string, Tensor> = {};
    for (const [name, data] of flattenGradients(plan.groups, gradients)) {
      flat[name] = new ort.Tensor("float32", data, [data.length]);
    }
    await this.#update("Trainer.apply", flat);
  }

  async evaluate(batch: Feeds): Promise<RunResult<T>> {
    const runner = await this.#sessions.evaluation();
    runner.check("Trainer.evaluate", batch);
    return runner.resultOf(await runner.run({ ...batch, ...this.#values() }));
  }

  async exportModel(): Promise<OnnxModel> {
    return withWeights(stripDropout(this.#made.base), await this.#weights());
  }

  async checkpoint(): Promise<Bytes> {
    const { base, plan } = this.#made;
    const tensors = new Map<string, Float32Array>();
    for (const name of this.state.names) tensors.set(name, await this.state.read(name));
    const model = withWeights(base, await this.#weights());
    return encodeModel(checkpointModel(model, { plan, tensors, progress: this.progress }));
  }

  async nodesOnCpu(): Promise<readonly NodeOnCpu[]> {
    const { ort, options } = this.#made;
    const asked = { ort, session: options.session ?? {} };
    const found: NodeOnCpu[] = [];
    for (const graph of this.#sessions.graphsOfStep()) {
      found.push(...(await nodesOnCpu(graph, asked)));
    }
    return found;
  }

  async close(): Promise<void> {
    await this.state.toHost();
    await this.#sessions.release();
  }

  async #wholeStep(batch: Feeds): Promise<RunResult<T>> {
    const { updates } = this.progress;
    const { result, results } = await this.#forward("Trainer.step", {
      runner: await this.#sessions.step(),
      batch,
      feeds: { ...this.state.feeds(), ...this.#scalars.optimizers(updates) },
    });
    this.state.advance(results);
    await this.#checkUpdate("Trainer.step", results);
    this.progress = { ...this.progress, updates: updates + 1 };
    return result;
  }

  async #partOfStep(batch: Feeds): Promise<RunResult<T>> {
    const { accumulate, groups } = this.#made.plan;
    const sums = groups.map(sumOf);
    const { result, results } = await this.#forward("Trainer.step", {
      runner: await this.#sessions.gradients(),
      batch,
      feeds: { ...this.state.feeds(sums), ...this.#scalars.share(1 / accumulate) },
    });
    this.state.advance(results);
    const accumulated = this.progress.accumulated + 1;
    const isWhole = accumulated === accumulate;
    if (isWhole) {
      await this.#update("Trainer.step", this.state.feeds(sums));
      this.state.clear(sums);
    }
    this.progress = { ...this.progress, accumulated: isWhole ? 0 : accumulated };
    return result;
  }

  /** Runs a batch with masks, counts it, and checks that what it gives is finite. */
  async #forward(owner: string, { runner, batch, feeds }: Forward<T>): Promise<ForwardResult<T>> {
    const sizes = runner.check(owner, batch);
    const { steps: step } = this.progress;
    const rates = this.#made.options.rates?.(step);
    const noise = this.#noise.draw({ step, rates }, sizes);
    const results = await runner.run({ ...batch, ...this.#values(), ...feeds, ...noise });
    const result = runner.resultOf(results);
    const { statistics } = this.#made.plan;
    const checked = [
      ["loss", result.loss],
      [statistics ? "gradients and statistics" : "gradients", Number(results[CHECK].data[0])],
    ] as const;
    for (const [what, value] of checked) {
      if (Number.isFinite(value)) continue;
      TrainingState.discard(results);
      throw new Error(`${owner}: ${what} must be finite, got ${value} at step ${step}`);
    }
    this.progress = { ...this.progress, steps: step + 1 };
    return { result, results };
  }

  async #update(owner: string, gradients: Feeds): Promise<void> {
    const runner = await this.#sessions.update();
    const { statistics } = this.#made.plan;
    const { updates } = this.progress;
    const moved = this.state.names.filter((name) => name !== statistics?.name);
    const scalars = this.#scalars.optimizers(updates);
    const results = await runner.run({ ...this.state.feeds(moved), ...gradients, ...scalars });
    this.state.advance(results);
    await this.#checkUpdate(owner, results);
    this.progress = { ...this.progress, updates: updates + 1 };
  }

  /** Checks that what an update made is finite. */
  async #checkUpdate(owner: string, results: Feeds): Promise<void> {
    if (Number.isFinite(Number(results[UPDATE_CHECK].data[0]))) return;
    // The mean of large weights is infinite, too: only their entries tell.
    for (const group of this.#made.plan.groups) {
      for (const tensor of [
        group.name,
        ...group.optimizer.slots.map((slot) => slotOf(group, slot)),
      ]) {
        for (const [name, values] of entriesOf(group, await this.state.read(tensor))) {
          const value = values.find((entry) => !Number.isFinite(entry));
          if (value === undefined) continue;
          const what =
            tensor === group.name
              ? ""
              : `the optimizer's ${tensor.slice(group.name.length + 1)} of `;
          throw new Error(
            `${owner}: ${what}${name} must be finite after the update, got ${value} at update ${this.progress.updates}`,
          );
        }
      }
    }
  }

  /** What stands in the place of the model's weights. */
  #values(): Feeds {
    return this.state.feeds(valuesOf(this.#made.plan).map(({ name }) => name));
  }

  async #weights(): Promise<ReadonlyMap<string, Float32Array>> {
    const weights = new Map<string, Float32Array>();
    for (const tensor of valuesOf(this.#made.plan)) {
      const entries = entriesOf(tensor, await this.state.read(tensor.name));
      for (const [name, data] of entries) weights.set(name, data);
    }
    return weights;
  }
}

interface Forward<T extends Tensor> {
  readonly runner: Runner<T>;
  readonly batch: Feeds;
  readonly feeds: Feeds;
}

interface ForwardResult<T extends Tensor> {
  readonly result: RunResult<T>;
  readonly results: Feeds<T>;
}
