import { expect, test } from "vitest";
import { prepareWasmTraining } from "../../src/wasmTraining.js";

test("prepareWasmTraining: without the backend it says which import is missing", () => {
  expect(prepareWasmTraining).toThrow(
    "prepareWasmTraining: @tensorflow/tfjs-backend-wasm must be imported before, got no kernels of it",
  );
});
