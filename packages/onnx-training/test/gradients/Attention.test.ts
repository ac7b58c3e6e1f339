import fc from "fast-check";
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
