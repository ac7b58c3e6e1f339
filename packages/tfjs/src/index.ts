export { Dropout, type DropoutArgs, dropout } from "./layers/Dropout.js";
export type { NoiseCallArgs, NoiseLayer, NoiseLayerArgs } from "./layers/NoiseLayer.js";
export { registerAsDefault } from "./registerAsDefault.js";
