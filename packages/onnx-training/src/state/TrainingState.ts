import { sumOf } from "../graph/gradientSumModel.js";
import type { Feeds, OrtLike, Tensor } from "../runtime/runtime.js";
import { type FlatGroup, type FlatTensor, nextOf, slotOf, startOf } from "./FlatGroup.js";

/** Tensors of the state by their names. */
export type Snapshot = ReadonlyMap<string, Tensor>;

export interface TrainingStateOptions {
  readonly groups: readonly FlatGroup[];
  readonly statistics: FlatTensor | undefined;
  /** Batches of one update: with more than one, the sum of their gradients is state too. */
  readonly accumulate: number;
}

/** The tensors that go around from step to step, on the host or on a GPU: the parameters and the optimizer's slots. */
export class TrainingState {
  readonly #ort: OrtLike;
  #tensors: Snapshot;
  readonly #snapshots = new Set<Snapshot>();

  constructor(ort: OrtLike, { groups, statistics, accumulate }: TrainingStateOptions) {
    this.#ort = ort;
    const moving = statistics === undefined ? [] : [statistics];
    const running = moving.map((tensor) => [tensor.name, startOf(tensor)] as const);
    const entries = groups.flatMap((group) => {
      const slots = group.optimizer.slots.map((slot) => slotOf(group, slot));
      const zeros = accumulate === 1 ? slots : [...slots, sumOf(group)];
      return [
        [group.name, startOf(group)] as const,
        ...zeros.map((name) => [name, new Float32Array(group.size)] as const),
      ];
    });
    this.#tensors = new Map(
      [...entries, ...running].map(([name, data]) => [name, this.#tensor(data)]),
    );
  }

  get names(): readonly string[] {
    return [...this.#tensors.keys()];
  }

  /** The tensors of some names, to feed. */
  feeds(names: readonly string[] = this.names): Feeds {
    return Object.fromEntries(names.map((name) => [name, this.#get(name)]));
  }

  /** Takes the outputs `<name>.next` of a run in the place of the tensors that they follow. */
  advance(results: Feeds, names: readonly string[] = this.names): void {
    const next = names.flatMap((name) => {
      const tensor = results[nextOf(name)];
      return tensor === undefined ? [] : [[name, tensor] as const];
    });
    this.#replace(new Map([...this.#tensors, ...next]));
  }

  /** Makes the entries of some tensors zeros. */
  clear(names: readonly string[]): void {
    for (const name of names) this.write(name, new Float32Array(this.#get(name).size));
  }

  /** @throws {Error} If there is no tensor of this name and size. */
  write(name: string, data: Float32Array): void {
    const { size } = this.#get(name);
    if (data.length !== size) {
      throw new Error(`Trainer: state ${name} must have ${size} entries, got ${data.length}`);
    }
    this.#replace(new Map([...this.#tensors, [name, this.#tensor(data)]]));
  }

  /** The present values, which stay until they are released. */
  snapshot(): Snapshot {
    // Each is one of its own: that one is released must not free another's.
    const snapshot = new Map(this.#tensors);
    this.#snapshots.add(snapshot);
    return snapshot;
  }

  release(snapshot: Snapshot): void {
    this.#snapshots.delete(snapshot);
    this.#free(snapshot);
  }

  restore(snapshot: Snapshot): void {
    this.#replace(snapshot);
  }

  /** A tensor's values on the host. */
  read(name: string): Promise<Float32Array> {
    return valuesOf(this.#get(name));
  }

  /** Brings all values to the host. */
  async toHost(): Promise<void> {
    for (const [name, tensor] of this.#tensors) {
      if (tensor.location === "gpu-buffer") this.write(name, await this.read(name));
    }
  }

  /** The values of a tensor that is no longer used. */
  static async take(tensor: Tensor): Promise<Float32Array> {
    const values = await valuesOf(tensor);
    freeTensor(tensor);
    return values;
  }

  /** Frees what a run gave. */
  static discard(results: Feeds): void {
    for (const tensor of Object.values(results)) freeTensor(tensor);
  }

  #tensor(data: Float32Array): Tensor {
    return new this.#ort.Tensor("float32", data, [data.length]);
  }

  #get(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new Error(`Trainer: state must hold ${name}, got none`);
    return tensor;
  }

  #replace(tensors: Snapshot): void {
    const old = this.#tensors;
    this.#tensors = tensors;
    this.#free(old);
  }

  /** Frees the tensors that neither the present state nor a snapshot has. */
  #free(old: Snapshot): void {
    const states = [this.#tensors, ...this.#snapshots];
    const used = new Set(states.flatMap((tensors) => [...tensors.values()]));
    for (const tensor of old.values()) if (!used.has(tensor)) freeTensor(tensor);
  }
}

function freeTensor(tensor: Tensor): void {
  if (tensor.location === "gpu-buffer") tensor.dispose();
}

async function valuesOf(tensor: Tensor): Promise<Float32Array> {
  const values = await tensor.getData();
  if (values instanceof Float32Array) return values;
  throw new TypeError(`Trainer: state must hold float32, got ${tensor.type}`);
}
