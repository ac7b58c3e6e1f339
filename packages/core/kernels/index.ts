export { denseBackward, denseForward } from "./dense";
export { fieldBytes, fieldUniform } from "./field";
export { CHUNK, CHUNK_FLOATS, FIELD, FIELD_ENTRIES, PAGE } from "./layout";
export { selectDense } from "./select";
export { selectShared } from "./shared";
export { setKey } from "./threefry";
