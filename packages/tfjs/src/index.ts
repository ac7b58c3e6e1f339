import "./registry/registerLayers.js";

// What users of the layers need of core, so that one package is enough: seeds, and rates over depth.
export {
  derive,
  type LinearDepthRateOptions,
  linearDepthRate,
  type Variant,
} from "@dropoutkit/core";
export type { Place } from "@dropoutkit/core/adapter";
export { AlphaDropout, type AlphaDropoutArgs, alphaDropout } from "./layers/AlphaDropout.js";
export { DropBlock2D, type DropBlock2DArgs, dropBlock2d } from "./layers/DropBlock2D.js";
export { Dropout, type DropoutArgs, dropout } from "./layers/Dropout.js";
export type { DataFormat } from "./layers/dataFormat.js";
export {
  GaussianDropout,
  type GaussianDropoutArgs,
  gaussianDropout,
} from "./layers/GaussianDropout.js";
export type { NoiseLayer, NoiseLayerArgs } from "./layers/NoiseLayer.js";
export {
  SpatialDropout1D,
  type SpatialDropout1DArgs,
  SpatialDropout2D,
  type SpatialDropout2DArgs,
  SpatialDropout3D,
  type SpatialDropout3DArgs,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
} from "./layers/SpatialDropout.js";
export {
  StochasticDepth,
  type StochasticDepthArgs,
  stochasticDepth,
} from "./layers/StochasticDepth.js";
export { TokenDropout, type TokenDropoutArgs, tokenDropout } from "./layers/TokenDropout.js";
export type { DropoutSite } from "./models/DropoutSite.js";
export { type DropoutReport, inspectDropout } from "./models/inspectDropout.js";
export type { Pitfall, PitfallCode } from "./models/pitfalls.js";
export {
  type KeptLayer,
  type ReplaceDropoutOptions,
  type ReplaceDropoutResult,
  type ReplacedLayer,
  replaceDropout,
} from "./models/replaceDropout.js";
export { type Rates, setRates } from "./models/setRates.js";
export { stripDropout } from "./models/stripDropout.js";
export type { NoiseCallArgs } from "./noise/NoiseSource.js";
export {
  VariationalRnn,
  type VariationalRnnArgs,
  variationalRnn,
} from "./recurrent/VariationalRnn.js";
export { ZoneoutRnn, type ZoneoutRnnArgs, zoneoutRnn } from "./recurrent/ZoneoutRnn.js";
export { registerAsDefault } from "./registry/registerAsDefault.js";
export {
  ConcreteDropout,
  type ConcreteDropoutArgs,
  concreteDropout,
} from "./wrappers/ConcreteDropout.js";
export { DropConnect, type DropConnectArgs, dropConnect } from "./wrappers/DropConnect.js";
export {
  EmbeddingDropout,
  type EmbeddingDropoutArgs,
  embeddingDropout,
} from "./wrappers/EmbeddingDropout.js";
