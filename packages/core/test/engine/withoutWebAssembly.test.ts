import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { drawUniform } from "../../src/adapter.js";
import { backward, drawMask, dropout, forward } from "../../src/index.js";

const call = { seed: 3, site: "dense", step: 1, shape: [20, 30] };

/** Runs a module's text in a Node that has no WebAssembly at all; `core` is the built package. */
function runWithout(body: string): unknown {
  const [index, adapter] = ["index", "adapter"].map(
    (entry) => new URL(`../../dist/${entry}.js`, import.meta.url).href,
  );
  const script = `
    Reflect.deleteProperty(globalThis, "WebAssembly");
    const core = {
      ...(await import(${JSON.stringify(index)})),
      ...(await import(${JSON.stringify(adapter)})),
    };
    const call = ${JSON.stringify(call)};
    ${body}`;
  const flags = ["--input-type=module", "--eval", script];
  return JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8" }));
}

test("core: works without WebAssembly, and gives the same bits", () => {
  const x = new Float32Array(600).fill(2);
  const training = { ...call, training: true };
  const results = runWithout(`
    const { Arena, backward, drawMask, drawUniform, dropout, forward } = core;
    const arena = new Arena({ bytes: 4800 });
    const x = arena.float32(600).fill(2);
    const training = { ...call, training: true };
    console.log(JSON.stringify({
      kind: typeof WebAssembly,
      y: [...forward(dropout({ rate: 0.3 }), x, training, arena.float32(600))],
      dx: [...backward(dropout({ rate: 0.3, noiseShape: [null, 1] }), x, training)],
      mask: [...drawMask({ ...call, rate: 0.3 })],
      uniform: [...drawUniform(call)],
    }));`);
  expect(results).toEqual({
    kind: "undefined",
    y: [...forward(dropout({ rate: 0.3 }), x, training)],
    dx: [...backward(dropout({ rate: 0.3, noiseShape: [null, 1] }), x, training)],
    mask: [...drawMask({ ...call, rate: 0.3 })],
    uniform: [...drawUniform(call)],
  });
});

test("mask contract: the document's vectors hold in JavaScript alone", () => {
  const document = readFileSync(
    new URL("../../../../docs/mask-contract.md", import.meta.url),
    "utf8",
  );
  const json = document.split("```json\n")[1].split("```")[0];
  const { bernoulli, uniform, normal, grown } = JSON.parse(json);
  const hashes = runWithout(`
    const { bernoulli, uniform, normal, grown } = ${json};
    const hash = ({ buffer }) => {
      let hash = 0x811c9dc5;
      for (const byte of new Uint8Array(buffer)) hash = Math.imul(hash ^ byte, 0x01000193);
      return (hash >>> 0).toString(16).padStart(8, "0");
    };
    const drawGrown = ({ rate, size, axes, shape, ...draw }) =>
      core.drawField({ draw: "bernoulli", rate, grow: { size, axes } }, { ...draw, target: shape });
    console.log(JSON.stringify([
      ...bernoulli.map((row) => hash(core.drawMask({ ...row, rate: row.threshold / 65536 }))),
      ...[...uniform, ...normal].map((row) => hash(core.drawUniform(row))),
      ...grown.map((row) => hash(drawGrown(row).data)),
    ]));`);
  const expected = [
    ...[...bernoulli, ...uniform].map(({ hash }) => hash),
    ...normal.map(({ uniforms }: { uniforms: string }) => uniforms),
    ...grown.map(({ hash }: { hash: string }) => hash),
  ];
  expect(expected.length).toBeGreaterThan(20);
  expect(hashes).toEqual(expected);
});
