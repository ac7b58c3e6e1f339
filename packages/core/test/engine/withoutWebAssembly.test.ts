import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { backward, drawMask, drawUniform, dropout, forward } from "../../src/index.js";

const call = { seed: 3, site: "dense", step: 1, shape: [20, 30] };

/** Runs the built package in a Node that has no WebAssembly at all. */
function runWithout(): unknown {
  const index = new URL("../../dist/index.js", import.meta.url).href;
  const script = `
    const { Arena, backward, drawMask, drawUniform, dropout, forward } = await import(${JSON.stringify(index)});
    const call = ${JSON.stringify(call)};
    const arena = new Arena({ bytes: 4800 });
    const x = arena.float32(600).fill(2);
    const training = { ...call, training: true };
    console.log(JSON.stringify({
      kind: typeof WebAssembly,
      y: [...forward(dropout({ rate: 0.3 }), x, training, arena.float32(600))],
      dx: [...backward(dropout({ rate: 0.3, noiseShape: [null, 1] }), x, training)],
      mask: [...drawMask({ ...call, rate: 0.3 })],
      uniform: [...drawUniform(call)],
    }));`;
  const flags = ["--no-expose-wasm", "--input-type=module", "--eval", script];
  return JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8" }));
}

test("core: works without WebAssembly, and gives the same bits", () => {
  const x = new Float32Array(600).fill(2);
  const training = { ...call, training: true };
  expect(runWithout()).toEqual({
    kind: "undefined",
    y: [...forward(dropout({ rate: 0.3 }), x, training)],
    dx: [...backward(dropout({ rate: 0.3, noiseShape: [null, 1] }), x, training)],
    mask: [...drawMask({ ...call, rate: 0.3 })],
    uniform: [...drawUniform(call)],
  });
});
