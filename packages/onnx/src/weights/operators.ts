import { dropConnect, embeddingDropout, recurrentDropConnect } from "@dropoutkit/core";
import { intAttribute } from "../model/attribute.js";
import type { TensorInfo } from "../model/valueInfo.js";
import { emitConvPerExample } from "./convPerExample.js";
import { emitGemmPerExample, emitMatMulPerExample } from "./densePerExample.js";
import { asStored, type Layout } from "./layout.js";
import type { WeightOperator } from "./Weight.js";

const swapped: Layout = { order: [1, 0] };

/** `[features, channels, ...space]` drawn as `[...space, channels, features]`. */
const spaceFirst = ({ dims }: TensorInfo): Layout => ({
  order: [...dims.map((_, axis) => axis).slice(2), 1, 0],
});

/** `[directions, gates · units, units]` drawn as `[directions, units, gates · units]`, with the gates in this order. */
const recurrent = (gates: readonly number[]): WeightOperator => ({
  variant: ({ rate }) => recurrentDropConnect({ rate }),
  inputs: { recurrentKernel: [2] },
  layout({ dims: [, , units] }) {
    const isStored = gates.every((gate, i) => gate === i);
    const size = Number(units);
    const rows = gates.flatMap((gate) => Array.from({ length: size }, (_, i) => gate * size + i));
    return { order: [0, 2, 1], ...(isStored ? {} : { rows }) };
  },
});

const convolution: WeightOperator = {
  variant: dropConnect,
  inputs: { kernel: [1], bias: [2] },
  layout: spaceFirst,
  perExample: emitConvPerExample,
};

/** Operators of the standard domain by their names. */
export const weightOperators: Readonly<Record<string, WeightOperator | undefined>> = {
  Conv: convolution,
  ConvTranspose: convolution,
  GRU: recurrent([0, 1, 2]),
  Gather: {
    variant: ({ rate }) => embeddingDropout({ rate }),
    inputs: { kernel: [0] },
    layout: ({ dims }) => asStored(dims.length),
    rows: true,
  },
  Gemm: {
    variant: dropConnect,
    inputs: { kernel: [1], bias: [2] },
    layout: (_, { node }) => (intAttribute(node, "transB", 0) === 1 ? swapped : asStored(2)),
    perExample: emitGemmPerExample,
  },
  // ONNX has the gates of an LSTM as input, output, forget, cell.
  LSTM: recurrent([0, 2, 3, 1]),
  MatMul: {
    variant: dropConnect,
    inputs: { kernel: [1, 0] },
    layout: ({ dims }, { input }) =>
      input === 0 && dims.length === 2 ? swapped : asStored(dims.length),
    perExample: emitMatMulPerExample,
  },
  RNN: recurrent([0]),
};
