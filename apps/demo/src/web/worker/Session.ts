import type { Digits } from "../../data/digits.js";
import { drawDigits } from "../../data/drawDigits.js";
import { fieldsOf } from "../masks/fieldsOf.js";
import { maskViews } from "../masks/maskViews.js";
import type { Edit, Event, MaskPlace, Pair, Point, SavedFile } from "../messages.js";
import { planOf } from "../network/planOf.js";
import { otherRuntime, runtimeOf } from "../network/runtimes.js";
import { OWN, type Settings } from "../network/Settings.js";
import {
  type Checkpoint,
  isCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpointFile.js";
import { loadRuntime, type Source } from "./loadRuntime.js";
import type { OwnModel } from "./own/OwnModel.js";
import { openOwn } from "./own/openOwn.js";
import type { PageLearner } from "./PageLearner.js";
import { IDX_FILE, readIdxFiles } from "./readIdxFiles.js";
import { Training } from "./Training.js";

/** Steps between two points of the curves. */
const MEASURED_EVERY = 8;

/** What the page trains, and what it trains on. */
export class Session {
  readonly #tell: (event: Event) => void;
  #digits: Digits | undefined;
  #own: OwnModel | undefined;
  #training: { readonly settings: Settings; readonly run: Training } | undefined;
  #points: Point[] = [];

  constructor(tell: (event: Event) => void) {
    this.#tell = tell;
  }

  /** Makes the networks, unless they are made. */
  async prepare(settings: Settings): Promise<void> {
    if (this.#training !== undefined) return;
    await this.#begin(settings);
    this.#point(await this.training().measure());
  }

  /** A step of both networks; a point of the curves where it is due, or asked for. */
  async step({ measures }: { readonly measures: boolean }): Promise<void> {
    const training = this.training();
    const losses = await training.step();
    this.#tell({ type: "step", step: training.steps, losses });
    if (measures || training.steps % MEASURED_EVERY === 0) this.#point(await training.measure());
  }

  /** @throws {Error} If no step was taken. */
  training(): Training {
    if (this.#training === undefined) throw new Error("Train the network for a few steps first.");
    return this.#training.run;
  }

  async showMasks(settings: Settings, at: MaskPlace): Promise<void> {
    const batch = at.example + 1;
    const fields =
      settings.network === OWN
        ? (this.#own?.fields(batch) ?? [])
        : fieldsOf(planOf(settings), batch);
    const learnedRates = await this.#training?.run.learnedRates();
    const { seed } = settings;
    const views = maskViews(fields, { ...at, seed, ...(learnedRates && { learnedRates }) });
    this.#tell({ type: "masks", views });
  }

  /** Ends the training; `settings` are those of one that goes on in its place. */
  async reset(settings?: Settings): Promise<void> {
    const training = this.#training;
    this.#training = undefined;
    this.#points = [];
    await training?.run.dispose();
    this.#tell({ type: "cleared", settings });
  }

  /** Takes files by their names: a checkpoint, data, or a model. */
  async open(files: readonly File[]): Promise<void> {
    const checkpoint = files.find(({ name }) => isCheckpoint(name));
    if (checkpoint !== undefined) return this.#resume(await readCheckpoint(checkpoint));
    if (files.some(({ name }) => IDX_FILE.test(name))) {
      this.#status("Reading the digits");
      const digits = await readIdxFiles("your files", files);
      await this.reset();
      this.#use(digits);
      return this.#status("Ready");
    }
    await this.#show(await openOwn(files));
  }

  /** @throws {Error} If dropout shall be inserted nowhere, or if the model does not allow it. */
  async edit(edit: Edit): Promise<void> {
    if (edit.kind === "insert" && edit.places.length === 0) {
      throw new Error("Choose a place that dropout goes behind.");
    }
    await this.#show(await this.#ownModel().edited(edit));
  }

  /** Somebody's own model, as it is edited. */
  ownFiles(): readonly SavedFile[] {
    return this.#ownModel().files();
  }

  /** The training, to go on another time. */
  async checkpoint(): Promise<SavedFile> {
    const run = this.training();
    const { settings } = this.#training ?? {};
    if (settings === undefined || this.#digits === undefined) {
      throw new Error("demo: a training must have settings, got none");
    }
    return writeCheckpoint({
      settings,
      data: fingerprintOf(this.#digits),
      steps: run.steps,
      points: this.#points,
      learners: await run.checkpoint(),
      own: settings.network === OWN ? this.ownFiles() : [],
    });
  }

  async #resume({ settings, data, steps, points, learners, own }: Checkpoint): Promise<void> {
    const digits = fingerprintOf(this.#drawn());
    if (digits !== data) {
      throw new Error(`demo: checkpoint must be of the same images, ${digits}, got one of ${data}`);
    }
    if (own.length > 0) {
      await this.#show(await openOwn(own.map(({ name, bytes }) => new File([bytes], name))));
    }
    await this.reset(settings);
    await this.#begin(settings, { learners, steps });
    for (const point of points) this.#point(point);
    this.#status(`Paused at step ${steps}`);
  }

  async #begin(
    settings: Settings,
    from?: { readonly learners: Pair<Uint8Array>; readonly steps: number },
  ): Promise<void> {
    const digits = this.#drawn();
    this.#status("Loading the framework");
    const learners = await this.#learnersOf(settings, {
      saved: from?.learners,
      examples: digits.train.count,
    });
    const { seed } = settings;
    const run = new Training({ digits, learners, seed, steps: from?.steps ?? 0 });
    this.#training = { settings, run };
  }

  async #learnersOf(
    settings: Settings,
    {
      saved,
      examples,
    }: { readonly saved: Pair<Uint8Array> | undefined; readonly examples: number },
  ): Promise<Pair<PageLearner>> {
    const { seed, beside, network } = settings;
    const own = runtimeOf(settings.runtime);
    const chosen = await loadRuntime(own);
    const other = beside === "plain" ? chosen : await loadRuntime(otherRuntime(own));
    const notices = [chosen.notice, other === chosen ? undefined : other.notice];
    this.#tell({ type: "notice", text: notices.filter(Boolean).join(" ") });
    const source = (isNoisy: boolean): Source =>
      network === OWN
        ? { own: this.#ownModel(), isNoisy }
        : { plan: planOf(settings, { isNoisy, examples }) };
    return {
      second: await other.make(source(beside === "framework"), { seed, saved: saved?.second }),
      first: await chosen.make(source(true), { seed, saved: saved?.first }),
    };
  }

  /** The images to train on; the page's own where nobody brought others. */
  #drawn(): Digits {
    if (this.#digits !== undefined) return this.#digits;
    this.#status("Drawing the digits");
    const digits = drawDigits();
    this.#use(digits);
    return digits;
  }

  #use(digits: Digits): void {
    this.#digits = digits;
    this.#tell({ type: "data", text: fingerprintOf(digits) });
  }

  async #show(own: OwnModel): Promise<void> {
    await this.reset();
    this.#own = own;
    this.#tell({ type: "own", report: own.report });
  }

  #ownModel(): OwnModel {
    if (this.#own === undefined) throw new Error("Open a model first.");
    return this.#own;
  }

  #point(point: Point): void {
    this.#points.push(point);
    this.#tell({ type: "point", point });
  }

  #status(text: string): void {
    this.#tell({ type: "status", text });
  }
}

/** What tells data sets apart, for people too. */
const fingerprintOf = ({ name, train, validation, mean }: Digits): string =>
  `${name}: ${train.count} training and ${validation.count} validation images, mean pixel ${mean.toFixed(4)}`;
