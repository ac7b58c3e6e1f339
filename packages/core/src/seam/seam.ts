/** Sizes of a tensor, outermost axis first. */
export type Shape = readonly number[];

/** A run of axes, both ends inclusive; negative counts from the end, as in `[1, -2]`. */
export type Axes = readonly [from: number, to: number];

/** All axes but the batch and the channels, in the layout of whoever executes the variant: `withChannels` says which they are. */
export type Space = "space";

/**
 * One random tensor, drawn by the mask contract (docs/mask-contract.md).
 * Its shape is the target's, changed by the properties below, in their order; see `fieldShape`.
 */
export interface Field {
  /** Booleans (true with probability 1 - rate), uniforms in (0, 1), or standard normals. */
  readonly draw: "bernoulli" | "uniform" | "normal";
  /** Axes that the target has at least: below them this would be the noise of another variant. Default 0. */
  readonly minRank?: number;
  /** Drop probability in [0, 1]: what a schedule overrides, and what the `rate` leaf reads. */
  readonly rate?: number;
  /** Axes of size 1: one draw serves all entries along them. */
  readonly shared?: readonly (Axes | Space)[];
  /** Sizes for the trailing axes, 1 or the target's; `null` is the target's. Leading axes not named are 1. */
  readonly noiseShape?: readonly (number | null)[];
  /** Dropped entries are seeds in the valid region, grown to blocks along `axes`, at the rate that the block size asks for; at rate 1, all. */
  readonly grow?: { readonly size: number; readonly axes: Axes | Space };
  /** Prepends the batch axis: a draw for each example, for targets that are weights. */
  readonly perExample?: true;
  /** Drawn anew at each timestep of a recurrent layer; otherwise once a sequence. */
  readonly perTimestep?: true;
  /** Prepends an axis of this size; the layer's output is averaged over it after its activation. */
  readonly samples?: number;
}

/**
 * What an expression can read.
 *
 * - `x`: the value at the part's place; at `linear`, the layer's input.
 * - `w`, `b`: at `linear`, the layer's kernel and its bias (0 where it has none), as the parts before
 *   left them. In a penalty, `w` is the kernel as it is stored.
 * - `previous`: at `nextState` and `nextCell`, the state before this timestep.
 * - `field`: the noise; none is drawn for an expression that does not read it.
 * - `rate`, `keep`, `gain`: the quantised drop probability, 1 - rate, and 1 / keep. For a field that
 *   grows, `gain` is entries / kept entries.
 * - `features`: the size of x's last axis.
 * - `learned:<name>`: a trained parameter of the variant.
 */
export type Leaf =
  | "x"
  | "w"
  | "b"
  | "previous"
  | "field"
  | "rate"
  | "keep"
  | "gain"
  | "features"
  | `learned:${string}`;

/** Operations; `linear(x, w)` is the layer's own operation without its bias. */
export type Op =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "exp"
  | "log"
  | "sqrt"
  | "sigmoid"
  | "sum"
  | "select"
  | "linear";

/** A formula as data, made by the functions of expr.ts. `select(field, kept, dropped)` picks; it never multiplies by 0. */
export type Expr = number | Leaf | { readonly op: Op; readonly args: readonly Expr[] };

/**
 * Where in a layer a part acts, and what its target is:
 *
 * - `activation`, `input`, `output`: the layer's own value, what enters it, what leaves it. Of a
 *   recurrent layer the whole sequence, `[batch, time, ...features]`, also where it returns only the end.
 * - `kernel`, `recurrentKernel`, `bias`: its weights. A layer without a bias has nothing to do there.
 * - `linear`: its pre-activation without the bias; the weights there are what the parts before made them.
 * - `state`: the hidden state as a recurrent cell reads it; `nextState` and `nextCell`: the hidden
 *   state and any further state as the cell leaves them. Each `[batch, units]`. A cell without a
 *   further state has nothing to do at `nextCell`.
 */
export type Place =
  | "activation"
  | "input"
  | "output"
  | "kernel"
  | "recurrentKernel"
  | "bias"
  | "linear"
  | "state"
  | "nextState"
  | "nextCell";

/** One field at one place, and what the value there becomes in training and at inference. */
export interface Part {
  readonly at: Place;
  /** At `input` and `state` of a recurrent cell: the gate that this part serves (LSTM: input, forget, cell, output; GRU: update, reset, candidate). */
  readonly gate?: number;
  readonly field: Field;
  readonly train: Expr;
  readonly infer: Expr;
}

/** A trained parameter: its start value, its shape, and the range that it is kept in after each update. */
export interface Learned {
  readonly init: number;
  readonly like: "scalar" | "features" | "w";
  readonly range?: readonly [low: number, high: number];
}

/** A dropout variant: data that any adapter can execute. Parts apply in their order. */
export interface Variant {
  /** For messages and listings; no behaviour hangs on it. */
  readonly name: string;
  readonly parts: readonly Part[];
  readonly learned?: Readonly<Record<string, Learned>>;
  /** A scalar added to the loss; reads `learned:<name>`, `w` and `features`. */
  readonly penalty?: Expr;
}
