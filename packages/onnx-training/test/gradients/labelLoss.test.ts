import fc from "fast-check";
import { floats } from "./caseModels.js";
import { type Cases, derived, seeds, valuesIn } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import type { NodeCase, NodeInput } from "./nodeCase.js";

const positive = fc.integer({ min: 1, max: 3 });

/** Scores `[batch, classes, ...]` with labels, of which some are ignored: one that is a class, or one that is none. */
const labelled =
  (reads: readonly Pick<NodeCase, "outputs" | "read">[]): Cases =>
  () =>
    fc
      .record({
        batch: positive,
        classes: fc.constantFrom(2, 3),
        space: fc.array(positive, { maxLength: 2 }),
        reduction: fc.constantFrom(undefined, "none", "sum", "mean"),
        ignore: fc.constantFrom(undefined, 0, -1, 255),
        hasWeights: fc.boolean(),
        type: fc.constantFrom("int32" as const, "int64" as const),
        reads: fc.constantFrom(...reads),
        seed: seeds,
        named: fc.boolean(),
      })
      .map(
        ({
          batch,
          classes,
          space,
          reduction,
          ignore,
          hasWeights,
          type,
          reads: outputs,
          seed,
          named,
        }) => {
          const dims = [batch, ...space];
          const list = valuesIn(seed, dims, { from: 0, to: 1 }).map((u, i) => {
            // The first counts, so that a mean is over something.
            if (i > 0 && u > 0.7 && ignore !== undefined) return ignore;
            const label = Math.floor(u * classes * 64) % classes;
            return label === ignore ? (label + 1) % classes : label;
          });
          const data = type === "int64" ? BigInt64Array.from(list, BigInt) : Int32Array.from(list);
          const labels: NodeInput = { feed: { type, data, dims } };
          const weights = derived(seed + 2, [classes], { from: 0.5, to: 2 });
          // The log softmax does not depend on them.
          const weighted: NodeInput =
            outputs.read?.[0] === 1 ? { feed: floats("float32", weights) } : weights;
          const attributes = {
            ...(reduction && { reduction }),
            ...(ignore !== undefined && { ignore_index: ignore }),
          };
          const scores = derived(seed + 1, [batch, classes, ...space]);
          const inputs = hasWeights ? [scores, labels, weighted] : [scores, labels];
          return { ...outputs, named, attributes, inputs };
        },
      );

// A sum over at most 27 examples of losses below 8, each rounded.
const accuracy = { type: "float32", ulps: 64, runs: 40 } as const;

gradientLaw("NegativeLogLikelihoodLoss", {
  ...accuracy,
  opsets: [12, 13, 22],
  cases: labelled([{}]),
});
gradientLaw("SoftmaxCrossEntropyLoss", {
  ...accuracy,
  opsets: [12, 13],
  cases: labelled([{}, { outputs: 2 }, { outputs: 2, read: [0] }, { outputs: 2, read: [1] }]),
});
