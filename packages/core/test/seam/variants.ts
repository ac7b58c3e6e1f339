import {
  add,
  alphaDropout,
  bindRate,
  concreteDropout,
  dropBlock,
  dropConnect,
  dropout,
  type Expr,
  embeddingDropout,
  exp,
  featureAlphaDropout,
  gaussianDropout,
  linear,
  log,
  mul,
  rateScalars,
  recurrentDropConnect,
  sigmoid,
  spatialDropout,
  sqrt,
  square,
  stochasticDepth,
  sub,
  sum,
  type Variant,
  variationalDropout,
  zoneout,
} from "../../src/index.js";

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

/** Every row of the table in docs/architecture.md at a rate; learned ones start from it. */
export const variantsAt = (rate: number): Readonly<Record<string, Variant>> => ({
  standard: dropout({ rate }),
  "standard with a noise shape": dropout({ rate, noiseShape: [null, 1, null] }),
  "spatial, channels last": spatialDropout({ rate }),
  "spatial, channels first": spatialDropout({ rate, channels: "first" }),
  "stochastic depth per example": stochasticDepth({ rate }),
  "stochastic depth per batch": stochasticDepth({ rate, per: "batch" }),
  alpha: alphaDropout({ rate }),
  "feature alpha": featureAlphaDropout({ rate }),
  DropBlock: dropBlock({ rate, blockSize: 3 }),
  "variational, tied": variationalDropout({ inputRate: rate, stateRate: rate, outputRate: rate }),
  "variational, per gate": variationalDropout({
    inputRate: rate,
    stateRate: rate,
    outputRate: rate,
    gates: 4,
  }),
  zoneout: zoneout({ stateRate: rate, cellRate: rate }),
  embedding: embeddingDropout({ rate }),
  "DropConnect per batch": dropConnect({ rate, per: "batch" }),
  "DropConnect per example": dropConnect({ rate }),
  "recurrent DropConnect": recurrentDropConnect({ rate }),
  "DropConnect, Gaussian inference": dropConnect({ rate, samples: 4 }),
  "variational weights": variationalWeights(),
  Gaussian: gaussianDropout({ rate }),
  concrete: concreteDropout(),
});

/** A formula at a rate: what a schedule asks for at each step. */
export const at = (rate: number, expr: Expr): Expr => bindRate(expr, rateScalars(rate));
