export { Dropout, type DropoutArgs, dropout } from "./layers/Dropout.js";
export type { NoiseLayer, NoiseLayerArgs } from "./layers/NoiseLayer.js";
export type { NoiseCallArgs } from "./noise/NoiseSource.js";
export { registerAsDefault } from "./registerAsDefault.js";
