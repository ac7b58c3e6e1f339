import { expect, test } from "vitest";
import { klDivergence } from "../../src/index.js";
import { mlp } from "../trainer/noisyMlp.js";
import { expectLoss, floats, logSoftmax, mean } from "./lossLaw.js";

const rows = [
  [0.2, 0.3, 0.5],
  [0, 1, 0],
];

test.each([7, 11, 13, 18])("klDivergence: its definition and gradient, opset %d", (opset) =>
  expectLoss({
    loss: klDivergence({ logits: "y" }),
    dims: [2, 3],
    y: [1, 2, -1, 0.5, -0.5, 2],
    feeds: { target: floats([2, 3], rows.flat()) },
    reference: (y) =>
      mean(
        rows.map((row, at) => {
          const given = logSoftmax(y.slice(3 * at, 3 * at + 3));
          return row.reduce((sum, t, i) => sum + (t === 0 ? 0 : t * (Math.log(t) - given[i])), 0);
        }),
      ),
    opset,
  }),
);

test("klDivergence: logits must be [batch, classes]", () => {
  expect(() => klDivergence({ logits: "fc1.bias" }).addTo(mlp())).toThrow(
    "klDivergence: logits must be [batch, classes], got fc1.bias of [8]",
  );
});
