import fc from "fast-check";
import { opsets, shapes } from "./arbitraries.js";
import { floats, type OneNode, testOperators } from "./testOperators.js";

const gates = { LSTM: 4, GRU: 3, RNN: 1 } as const;

testOperators(
  "LSTM, GRU, RNN: directions, with and without hidden_size",
  fc
    .tuple(
      shapes(4, 4),
      fc.constantFrom("LSTM", "GRU", "RNN"),
      opsets(7, 21),
      fc.constantFrom("forward", "reverse", "bidirectional"),
    )
    .map(([[time, batch, size, hidden], opType, opset, direction]): OneNode => {
      const directions = direction === "bidirectional" ? 2 : 1;
      const rows = gates[opType] * hidden;
      return {
        opset,
        opType,
        attributes: { direction, hidden_size: hidden },
        inputs: [
          floats(time, batch, size),
          floats(directions, rows, size),
          floats(directions, rows, hidden),
        ],
        outputs: opType === "LSTM" ? 3 : 2,
      };
    }),
  { numRuns: 40 },
);
