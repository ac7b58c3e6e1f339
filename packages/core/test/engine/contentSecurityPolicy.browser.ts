/// <reference lib="dom" />
import { expect, test } from "vitest";
import { drawMask, dropout, forward } from "../../src/index.js";

const call = { seed: 3, site: "dense", step: 1, shape: [20, 30] };

/** What a page says that may run core's scripts, under a content security policy of its own. */
interface Answer {
  /** Whether the policy let a WebAssembly module compile. */
  readonly compiles: boolean;
  readonly y: readonly number[];
  readonly mask: readonly number[];
}

/** Runs core in a frame whose scripts have these sources. */
async function runUnder(sources: string): Promise<Answer> {
  const index = new URL("../../src/index.ts", import.meta.url).href;
  const frame = document.createElement("iframe");
  frame.srcdoc = `
    <meta http-equiv="Content-Security-Policy" content="script-src ${sources}">
    <script type="module">
      let answer;
      try {
        const { drawMask, dropout, forward } = await import(${JSON.stringify(index)});
        const call = ${JSON.stringify(call)};
        let compiles = true;
        try {
          new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
        } catch {
          compiles = false;
        }
        const x = new Float32Array(600).fill(2);
        answer = {
          compiles,
          y: [...forward(dropout({ rate: 0.3 }), x, { ...call, training: true })],
          mask: [...drawMask({ ...call, rate: 0.3 })],
        };
      } catch (error) {
        answer = String(error);
      }
      parent.postMessage(answer, "*");
    </script>`;
  const answer = new Promise<Answer>((resolve) => {
    window.addEventListener("message", function listen({ source, data }) {
      if (source !== frame.contentWindow) return;
      window.removeEventListener("message", listen);
      resolve(data);
    });
  });
  document.body.append(frame);
  try {
    return await answer;
  } finally {
    frame.remove();
  }
}

test.each([
  ["'self' 'unsafe-inline'", false],
  ["'self' 'unsafe-inline' 'wasm-unsafe-eval'", true],
])("core: gives the same bits under the policy script-src %s", async (sources, compiles) => {
  const x = new Float32Array(600).fill(2);
  expect(await runUnder(sources)).toEqual({
    compiles,
    y: [...forward(dropout({ rate: 0.3 }), x, { ...call, training: true })],
    mask: [...drawMask({ ...call, rate: 0.3 })],
  });
});
