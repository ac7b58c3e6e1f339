import { makeTensor } from "@dropoutkit/onnx/graph";
import fc from "fast-check";
import { type Cases, derived, seeds, shapes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { indices, type NodeInput } from "./nodeCase.js";

const scalar = (value: number): NodeInput => ({
  constant: (name) =>
    makeTensor({ name, type: "int64", dims: [], data: BigInt64Array.of(BigInt(value)) }),
});

const summed: Cases = () =>
  fc
    .record({
      dims: shapes(1),
      seed: seeds,
      named: fc.boolean(),
      exclusive: fc.constantFrom(0, 1),
      reverse: fc.constantFrom(0, 1),
    })
    .chain(({ dims, seed, named, exclusive, reverse }) =>
      fc.integer({ min: -dims.length, max: dims.length - 1 }).map((axis) => ({
        named,
        attributes: { exclusive, reverse },
        inputs: [derived(seed, dims), scalar(axis)],
      })),
    );

const triangular: Cases = () =>
  fc
    .record({
      dims: shapes(2),
      seed: seeds,
      named: fc.boolean(),
      upper: fc.constantFrom(0, 1),
      k: fc.constantFrom(undefined, -2, -1, 0, 1, 4),
    })
    .map(({ dims, seed, named, upper, k }) => ({
      named,
      attributes: { upper },
      inputs: [derived(seed, dims), ...(k === undefined ? [] : [scalar(k)])],
    }));

/** Sequences of different lengths, along the first or the second axis. */
const reversed: Cases = () =>
  fc
    .record({
      batch: fc.integer({ min: 1, max: 3 }),
      time: fc.integer({ min: 1, max: 3 }),
      rest: shapes().map((dims) => dims.slice(0, 1).filter(Boolean)),
      seed: seeds,
      named: fc.boolean(),
      timeFirst: fc.boolean(),
    })
    .chain(({ batch, time, rest, seed, named, timeFirst }) =>
      fc
        .array(fc.integer({ min: 1, max: time }), { minLength: batch, maxLength: batch })
        .map((lengths) => ({
          named,
          attributes: timeFirst ? undefined : { batch_axis: 0, time_axis: 1 },
          inputs: [
            derived(seed, [...(timeFirst ? [time, batch] : [batch, time]), ...rest]),
            indices([batch], lengths),
          ],
        })),
    );

gradientLaw("CumSum", { opsets: [11, 14], cases: summed });
gradientLaw("Trilu", { opsets: [14], cases: triangular });
gradientLaw("ReverseSequence", { opsets: [10], type: "float32", cases: reversed });
