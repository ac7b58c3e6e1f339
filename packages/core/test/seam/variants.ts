import {
  type Axes,
  add,
  bindRate,
  div,
  type Expr,
  exp,
  type Field,
  keepScaled,
  linear,
  log,
  mul,
  type Part,
  rateScalars,
  select,
  sigmoid,
  sqrt,
  sub,
  sum,
  type Variant,
} from "../../src/index.js";

type FieldOptions = Omit<Field, "draw" | "rate">;

const bernoulli = (rate: number, options: FieldOptions = {}): Field => ({
  draw: "bernoulli",
  rate,
  ...options,
});
const square = (a: Expr): Expr => mul(a, a);

/** Survivors scaled, zeros elsewhere, the identity at inference: what most variants do at a place. */
const drop = (at: Part["at"], field: Field): Part => ({ at, field, train: keepScaled, infer: "x" });

export const standard = (rate: number, noiseShape?: readonly (number | null)[]): Variant => ({
  name: "dropout",
  parts: [drop("activation", bernoulli(rate, noiseShape && { noiseShape }))],
});

/** The space between batch and channels, for 1, 2 and 3 dimensions of it alike. */
const space = (channels: "first" | "last"): Axes => (channels === "last" ? [1, -2] : [2, -1]);

export const spatial = (rate: number, channels: "first" | "last"): Variant => ({
  name: "spatialDropout",
  parts: [drop("activation", bernoulli(rate, { shared: [space(channels)] }))],
});

export const stochasticDepth = (rate: number, per: "example" | "batch"): Variant => ({
  name: "stochasticDepth",
  parts: [drop("activation", bernoulli(rate, { shared: [[per === "example" ? 1 : 0, -1]] }))],
});

/** What SELU tends to at minus infinity: -scale * alpha. */
const ALPHA = -1.7580993408473766;

/**
 * The affine map after which N(0, 1) has mean 0 and variance 1 again: a = (keep (1 + rate
 * ALPHA^2))^-1/2 and b = -a rate ALPHA. `gain` in the place of 1 / keep makes rate 1 give zeros.
 */
const alphaTrain: Expr = ((): Expr => {
  const a = sqrt(div("gain", add(1, mul("rate", ALPHA * ALPHA))));
  const kept = add(mul(a, "x"), mul(mul(a, "rate"), -ALPHA));
  return select("field", kept, mul(mul(a, "keep"), ALPHA));
})();

export const alpha = (rate: number, shared: readonly Axes[] = []): Variant => ({
  name: "alphaDropout",
  parts: [{ at: "activation", field: bernoulli(rate, { shared }), train: alphaTrain, infer: "x" }],
});

export const dropBlock = (rate: number, size: number, channels: "first" | "last"): Variant => ({
  name: "dropBlock",
  parts: [drop("activation", bernoulli(rate, { grow: { size, axes: space(channels) } }))],
});

/** A target `[batch, time, features]` shares its draw over time; a state `[batch, units]` keeps its own. */
export const variational = (rates: {
  readonly input: number;
  readonly state: number;
  readonly output: number;
  readonly gates?: number;
}): Variant => {
  const sequence: FieldOptions = { shared: [[1, 1]] };
  const perGate = (part: Part): readonly Part[] =>
    rates.gates === undefined
      ? [part]
      : Array.from({ length: rates.gates }, (_, gate) => ({ ...part, gate }));
  return {
    name: "variationalDropout",
    parts: [
      ...perGate(drop("input", bernoulli(rates.input, sequence))),
      ...perGate(drop("state", bernoulli(rates.state))),
      drop("output", bernoulli(rates.output, sequence)),
    ],
  };
};

export const zoneout = (rates: { readonly hidden: number; readonly cell: number }): Variant => {
  const part = (at: "nextState" | "nextCell", rate: number): Part => ({
    at,
    field: bernoulli(rate, { perTimestep: true }),
    train: select("field", "x", "previous"),
    infer: add(mul("keep", "x"), mul("rate", "previous")),
  });
  return {
    name: "zoneout",
    parts: [part("nextState", rates.hidden), part("nextCell", rates.cell)],
  };
};

export const embedding = (rate: number): Variant => ({
  name: "embeddingDropout",
  parts: [drop("kernel", bernoulli(rate, { shared: [[1, -1]] }))],
});

const perExample: FieldOptions = { perExample: true };

export const dropConnect = (rate: number, per: "example" | "batch"): Variant => {
  const field = bernoulli(rate, per === "example" ? perExample : {});
  return { name: "dropConnect", parts: [drop("kernel", field), drop("bias", field)] };
};

export const recurrentDropConnect = (rate: number): Variant => ({
  name: "recurrentDropConnect",
  parts: [drop("recurrentKernel", bernoulli(rate))],
});

/** A weight scaled by gain * mask has mean w and variance rate / keep w^2; the bias is such a weight at input 1. */
export const gaussianDropConnect = (rate: number, samples: number): Variant => {
  const mean = linear("x", "w");
  const variance = mul(mul("rate", "gain"), add(linear(square("x"), square("w")), square("b")));
  return {
    name: "dropConnect",
    parts: [
      ...dropConnect(rate, "example").parts,
      {
        at: "linear",
        field: { draw: "normal", rate, samples },
        train: mean,
        infer: add(mean, mul("field", sqrt(variance))),
      },
    ],
  };
};

/** Weights of variance exp(logAlpha) w^2; the epsilon keeps the root's gradient finite at variance 0. */
export const variationalWeights = (): Variant => {
  const mean = linear("x", "w");
  const variance = linear(square("x"), mul(exp("learned:logAlpha"), square("w")));
  const [k1, k2, k3] = [0.63576, 1.8732, 1.48695];
  const kl = add(
    sub(k1, mul(k1, sigmoid(add(k2, mul(k3, "learned:logAlpha"))))),
    mul(0.5, log(add(1, exp(sub(0, "learned:logAlpha"))))),
  );
  return {
    name: "variationalWeightDropout",
    parts: [
      {
        at: "linear",
        field: { draw: "normal" },
        train: add(mean, mul("field", sqrt(add(variance, 1e-8)))),
        infer: mean,
      },
    ],
    learned: { logAlpha: { init: -5, like: "w", range: [-8, 8] } },
    penalty: sum(kl),
  };
};

/** x (1 + s z) with s^2 = rate / keep; `gain * keep` is 1, and 0 at rate 1, where zeros are asked for. */
export const gaussian = (rate: number): Variant => ({
  name: "gaussianDropout",
  parts: [
    {
      at: "activation",
      field: { draw: "normal", rate },
      train: mul("x", add(mul("gain", "keep"), mul("field", sqrt(mul("rate", "gain"))))),
      infer: "x",
    },
  ],
});

export const concrete = (options: {
  readonly initialRate: number;
  readonly temperature: number;
  readonly weightRegularizer: number;
  readonly dropoutRegularizer: number;
}): Variant => {
  const rate = sigmoid("learned:logit");
  const keep = sub(1, rate);
  const noise = sub(log("field"), log(sub(1, "field")));
  const dropped = sigmoid(div(add("learned:logit", noise), options.temperature));
  const negativeEntropy = add(mul(rate, log(rate)), mul(keep, log(keep)));
  return {
    name: "concreteDropout",
    parts: [
      {
        at: "input",
        field: { draw: "uniform" },
        train: div(mul("x", sub(1, dropped)), keep),
        infer: "x",
      },
    ],
    learned: {
      logit: {
        init: Math.log(options.initialRate / (1 - options.initialRate)),
        like: "scalar",
        range: [-10, 10],
      },
    },
    penalty: add(
      div(mul(options.weightRegularizer, sum(square("w"))), keep),
      mul(mul(options.dropoutRegularizer, "features"), negativeEntropy),
    ),
  };
};

/** Every row of the table in docs/architecture.md at a rate; learned ones start from it. */
export const variantsAt = (rate: number): Readonly<Record<string, Variant>> => ({
  standard: standard(rate),
  "standard with a noise shape": standard(rate, [null, 1, null]),
  "spatial, channels last": spatial(rate, "last"),
  "spatial, channels first": spatial(rate, "first"),
  "stochastic depth per example": stochasticDepth(rate, "example"),
  "stochastic depth per batch": stochasticDepth(rate, "batch"),
  alpha: alpha(rate),
  "feature alpha": alpha(rate, [space("last")]),
  DropBlock: dropBlock(rate, 3, "last"),
  "variational, tied": variational({ input: rate, state: rate, output: rate }),
  "variational, per gate": variational({ input: rate, state: rate, output: rate, gates: 4 }),
  zoneout: zoneout({ hidden: rate, cell: rate }),
  embedding: embedding(rate),
  "DropConnect per batch": dropConnect(rate, "batch"),
  "DropConnect per example": dropConnect(rate, "example"),
  "recurrent DropConnect": recurrentDropConnect(rate),
  "DropConnect, Gaussian inference": gaussianDropConnect(rate, 4),
  "variational weights": variationalWeights(),
  Gaussian: gaussian(rate),
  concrete: concrete({
    initialRate: 0.1,
    temperature: 0.1,
    weightRegularizer: 1e-6,
    dropoutRegularizer: 1e-5,
  }),
});

/** A formula at a rate: what a schedule asks for at each step. */
export const at = (rate: number, expr: Expr): Expr => bindRate(expr, rateScalars(rate));
