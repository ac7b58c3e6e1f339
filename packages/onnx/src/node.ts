export type { CopyProgress } from "./external/copyFile.js";
export { readModel } from "./external/readModel.js";
export { readTensor } from "./external/readTensor.js";
export { readWholeModel } from "./external/readWholeModel.js";
export { type WriteModelOptions, writeModel } from "./external/writeModel.js";
