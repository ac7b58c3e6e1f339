import { makeValueInfo } from "@dropoutkit/onnx/graph";
import fc from "fast-check";
import { expect, test } from "vitest";
import { numbersOf, openModel } from "../runtime/runModel.js";
import { backwardModel, feedsOf, floats, type Setting } from "./caseModels.js";
import { type Cases, derived, seeds } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { bools, type NodeInput } from "./nodeCase.js";

const small = fc.integer({ min: 1, max: 3 });

/** Attention by heads, `[batch, heads, sequence, size]`, or joined, `[batch, sequence, heads · size]`. */
const sequences = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  keyHeads: fc.integer({ min: 1, max: 2 }),
  group: fc.integer({ min: 1, max: 2 }),
  queries: small,
  keys: small,
  past: fc.constantFrom(0, 0, 2),
  size: small,
  valueSize: small,
  isJoined: fc.boolean(),
  isCausal: fc.nat(1),
  mask: fc.constantFrom("none", "bool", "rows", "heads"),
  extra: fc.constantFrom<Readonly<Record<string, { float: number }>>>(
    {},
    { scale: { float: 0.75 } },
    { softcap: { float: 1.5 } },
  ),
  seed: seeds,
});

const attention: Cases = () =>
  sequences.map((sample) => {
    const { batch, keyHeads, group, queries, keys, past, size, valueSize, isJoined } = sample;
    const { isCausal, mask, extra, seed } = sample;
    const heads = keyHeads * group;
    const laid = (count: number, length: number, width: number): number[] =>
      isJoined ? [batch, length, count * width] : [batch, count, length, width];
    const all = past + keys;
    const masks: Record<string, NodeInput> = {
      none: "",
      // The first key is never hidden: a row of which nothing is left has no softmax.
      bool: bools(
        [queries, all],
        Array.from(
          { length: queries * all },
          (_, i) => i % all === 0 || (seed >> (i % 30)) % 2 === 0,
        ),
      ),
      rows: derived(seed + 3, [queries, all]),
      heads: derived(seed + 3, [batch, 1, queries, all]),
    };
    const own = [
      laid(heads, queries, size),
      laid(keyHeads, keys, size),
      laid(keyHeads, keys, valueSize),
    ];
    const inputs: NodeInput[] = own.map((dims, i) => derived(seed + i, dims, { from: -1, to: 1 }));
    inputs.push(masks[mask]);
    if (past > 0) {
      inputs.push(derived(seed + 4, [batch, keyHeads, past, size], { from: -1, to: 1 }));
      inputs.push(derived(seed + 5, [batch, keyHeads, past, valueSize], { from: -1, to: 1 }));
    }
    const counts: Readonly<Record<string, number>> = isJoined
      ? { q_num_heads: heads, kv_num_heads: keyHeads }
      : {};
    return {
      attributes: { is_causal: isCausal, ...counts, ...extra },
      inputs,
      outputs: past > 0 ? 3 : 1,
    };
  });

gradientLaw("Attention", {
  opsets: [23, 24],
  type: "float32",
  ulps: 16,
  fifth: 200,
  runs: 60,
  cases: attention,
});

test("Attention: a mask that ends before the keys do has the gradient of one that hides the others", async () => {
  const setting: Setting = { opType: "Attention", opset: 24, type: "float32" };
  const own = [
    [1, 1, 2, 2],
    [1, 1, 3, 2],
    [1, 1, 3, 2],
  ].map((dims, i) => derived(i, dims));
  const short = { dims: [2, 2], values: [0.5, -1, 2, 0.25] };
  const long = { dims: [2, 3], values: [0.5, -1, -1e30, 2, 0.25, -1e30] };
  const sizes = [[1, 1, 2, 2]];
  const dy0 = floats("float32", { dims: sizes[0], values: [1, -2, 3, 0.5] });
  const node = { inputs: [...own, long] };
  const feeds = { ...feedsOf(setting, node), dy0 };
  const expected = await (await openModel(backwardModel(setting, node, sizes)))(feeds);
  // The runtime does not read a shorter mask, so it gets the longer one for the forward pass alone.
  const model = backwardModel(setting, { inputs: [...own, short] }, sizes);
  const attention = model.graph.node.find(({ opType }) => opType === "Attention");
  if (attention !== undefined) attention.input[3] = "long";
  model.graph.input.push(makeValueInfo("long", { type: "float32", dims: long.dims }));
  const run = await openModel(model);
  const mask = { x3: floats("float32", short), long: floats("float32", long) };
  const results = await run({ ...feeds, ...mask });
  const [a, b, , c, d] = numbersOf(expected["x3.grad"]);
  expect(numbersOf(results["x3.grad"])).toEqual([a, b, c, d]);
});
