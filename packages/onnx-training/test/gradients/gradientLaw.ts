import fc from "fast-check";
import { test } from "vitest";
import type { Setting } from "./caseModels.js";
import type { Cases } from "./cases.js";
import { type Accuracy, expectGradients } from "./finiteDifferences.js";

export interface GradientLaw extends Accuracy {
  /** Versions at which the operator or what its gradient is written with changed. */
  readonly opsets: readonly number[];
  /** The runtime has no float64 kernel of some operators. Default: float64. */
  readonly type?: Setting["type"];
  readonly forward?: Setting["forward"];
  readonly cases: Cases;
  readonly runs?: number;
}

/** A test for each version of an operator: its gradients are the differences of its forward pass, on random cases. */
export function gradientLaw(
  opType: string,
  { opsets, type = "float64", forward, cases, runs = 15, ...accuracy }: GradientLaw,
): void {
  test.each(opsets)(`${opType}: gradients are its differences at opset %d`, async (opset) => {
    const law = fc.asyncProperty(cases(opset), (node) =>
      expectGradients({ opType, opset, type, forward }, node, accuracy),
    );
    await fc.assert(law, { numRuns: runs, seed: opset });
  });
}
