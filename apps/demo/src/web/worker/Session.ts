import type { Digits } from "../../data/digits.js";
import { drawDigits } from "../../data/drawDigits.js";
import { maskViews } from "../masks/maskViews.js";
import type { Event, MaskPlace, Pair } from "../messages.js";
import { planOf } from "../network/planOf.js";
import { otherRuntime, runtimeOf } from "../network/runtimes.js";
import type { Settings } from "../network/Settings.js";
import { loadRuntime } from "./loadRuntime.js";
import type { PageLearner } from "./PageLearner.js";
import { Training } from "./Training.js";

/** Steps between two points of the curves. */
const MEASURED_EVERY = 8;

/** What the page trains, and what it trains on. */
export class Session {
  readonly #tell: (event: Event) => void;
  #digits: Digits | undefined;
  #training: Training | undefined;

  constructor(tell: (event: Event) => void) {
    this.#tell = tell;
  }

  /** Makes the networks, unless they are made. */
  async prepare(settings: Settings): Promise<void> {
    if (this.#training !== undefined) return;
    if (this.#digits === undefined) {
      this.#status("Drawing the digits");
      this.#digits = drawDigits();
    }
    this.#status("Loading the framework");
    const { seed } = settings;
    const learners = await this.#learnersOf(settings, this.#digits.train.count);
    this.#training = new Training({ digits: this.#digits, learners, seed });
    this.#tell({ type: "point", point: await this.#training.measure() });
  }

  /** A step of both networks; a point of the curves where it is due, or asked for. */
  async step({ measures }: { readonly measures: boolean }): Promise<void> {
    const training = this.training();
    const losses = await training.step();
    this.#tell({ type: "step", step: training.steps, losses });
    if (measures || training.steps % MEASURED_EVERY === 0) {
      this.#tell({ type: "point", point: await training.measure() });
    }
  }

  /** @throws {Error} If no step was taken. */
  training(): Training {
    if (this.#training === undefined) throw new Error("Train the network for a few steps first.");
    return this.#training;
  }

  showMasks(settings: Settings, at: MaskPlace): void {
    const views = maskViews(planOf(settings), { ...at, seed: settings.seed });
    this.#tell({ type: "masks", views });
  }

  async reset(): Promise<void> {
    const training = this.#training;
    this.#training = undefined;
    await training?.dispose();
  }

  async #learnersOf(settings: Settings, examples: number): Promise<Pair<PageLearner>> {
    const { seed, beside } = settings;
    const own = runtimeOf(settings.runtime);
    const chosen = await loadRuntime(own);
    const other = beside === "plain" ? chosen : await loadRuntime(otherRuntime(own));
    const notices = [chosen.notice, other === chosen ? undefined : other.notice];
    this.#tell({ type: "notice", text: notices.filter(Boolean).join(" ") });
    const isNoisy = beside === "framework";
    return {
      second: await other.make(planOf(settings, { isNoisy, examples }), seed),
      first: await chosen.make(planOf(settings, { examples }), seed),
    };
  }

  #status(text: string): void {
    this.#tell({ type: "status", text });
  }
}
