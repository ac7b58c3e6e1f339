import { expect, test } from "vitest";
import { schemaVersions } from "../../../onnx/src/opset/schemaVersions.js";
import { gradientRules } from "../../src/gradients/gradientRules.js";
import { backwardModel, floats, type Setting } from "./caseModels.js";
import { expectGradients } from "./finiteDifferences.js";
import { type Fate, floatInputs, type Sample } from "./floatInputs.js";
import { gradientsOf } from "./gradientsOf.js";
import { isDerived, type NodeCase } from "./nodeCase.js";

const samples = Object.entries(floatInputs).flatMap(([opType, sample]) =>
  sample === "no floats" ? [] : [[opType, sample] as const],
);

const settingOf = (opType: string, { opset = 18, type = "float64" }: Sample): Setting => ({
  opType,
  opset: Math.max(opset, schemaVersions[opType]?.[0] ?? 1),
  type,
});

/** The places of the inputs of a fate. */
function placesOf({ inputs, fates }: Sample, fate: Fate): number[] {
  const places = inputs.flatMap((input, i) => (isDerived(input) ? [i] : []));
  return places.filter((_, k) => fates[k] === fate);
}

/** The node with gradients wanted by some of its inputs, and a second path from them to the loss. */
function derivedBy(sample: Sample, { type }: Setting, places: readonly number[]): NodeCase {
  const inputs = sample.inputs.map((input, i) =>
    isDerived(input) && !places.includes(i) ? { feed: floats(type, input) } : input,
  );
  return { ...sample, beside: true, inputs };
}

test("every operator has its float inputs in the table, and each of them its fate", () => {
  const operators = [...new Set([...Object.keys(schemaVersions), ...Object.keys(gradientRules)])];
  expect(Object.keys(floatInputs).sort()).toEqual(operators.sort());
  for (const [opType, { inputs, fates }] of samples) {
    expect(inputs.filter(isDerived).length, opType).toBe(fates.length);
  }
});

test.each(samples)(
  "%s: by each float input the gradient is its differences, or it is refused",
  async (opType, sample) => {
    const setting = settingOf(opType, sample);
    const served = [...placesOf(sample, "gradient"), ...placesOf(sample, "constant")];
    const node = derivedBy(sample, setting, served);
    if (sample.drawn) {
      // Of the second path alone.
      expect(await gradientsOf(setting, node, dy)).toEqual([[1, 1, 1, 1]]);
    } else if (served.length > 0) await expectGradients(setting, node, sample);
    for (const place of placesOf(sample, "refused")) {
      const named = `${opType} (node node, opset ${setting.opset})`;
      const by = gradientRules[opType] && served.length > 0 ? ` by input ${place}, x${place}` : "";
      expect(() => backwardModel(setting, derivedBy(sample, setting, [place]), [square])).toThrow(
        `gradientModel: every operator between the loss and what it is derived by must have a gradient, got none for ${named}${by}`,
      );
    }
  },
);

const square = [2, 2];
const dy = { dims: square, values: [1, 2, 3, 4] };
