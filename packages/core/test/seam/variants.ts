import { bindRate, type Expr, rateScalars } from "../../src/adapter.js";
import {
  alphaDropout,
  concreteDropout,
  dropBlock,
  dropConnect,
  dropout,
  embeddingDropout,
  featureAlphaDropout,
  gaussianDropout,
  recurrentDropConnect,
  sparseVariationalDropout,
  spatialDropout,
  stochasticDepth,
  tokenDropout,
  type Variant,
  variationalDropout,
  zoneout,
} from "../../src/index.js";

/** Every row of the table in docs/architecture.md at a rate; learned ones start from it. */
export const variantsAt = (rate: number): Readonly<Record<string, Variant>> => ({
  standard: dropout({ rate }),
  "standard with a noise shape": dropout({ rate, noiseShape: [null, 1, null] }),
  "spatial, channels last": spatialDropout({ rate, channels: "last" }),
  "spatial, channels first": spatialDropout({ rate, channels: "first" }),
  token: tokenDropout({ rate }),
  "stochastic depth per example": stochasticDepth({ rate }),
  "stochastic depth per batch": stochasticDepth({ rate, per: "batch" }),
  alpha: alphaDropout({ rate }),
  "feature alpha": featureAlphaDropout({ rate, channels: "last" }),
  DropBlock: dropBlock({ rate, blockSize: 3, channels: "last" }),
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
  "variational weights": sparseVariationalDropout(),
  Gaussian: gaussianDropout({ rate }),
  concrete: concreteDropout(),
});

/** A formula at a rate: what a schedule asks for at each step. */
export const at = (rate: number, expr: Expr): Expr => bindRate(expr, rateScalars(rate));
