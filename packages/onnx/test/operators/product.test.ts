import fc from "fast-check";
import { describe } from "vitest";
import { broadcastable, opsets, shapes } from "./arbitraries.js";
import { floats, type OneNode, testOperators } from "./testOperators.js";

testOperators(
  "Gemm",
  fc.tuple(shapes(3, 3), fc.nat(1), fc.nat(1), opsets(7), fc.boolean()).map(
    ([[rows, inner, columns], transA, transB, opset, hasBias]): OneNode => ({
      opset: hasBias ? opset : Math.max(opset, 11),
      opType: "Gemm",
      attributes: { transA, transB },
      inputs: [
        transA === 1 ? floats(inner, rows) : floats(rows, inner),
        transB === 1 ? floats(columns, inner) : floats(inner, columns),
        ...(hasBias ? [floats(columns)] : []),
      ],
    }),
  ),
);

testOperators(
  "MatMul: matrices, lists, and broadcast batches of them",
  fc.tuple(shapes(3, 3), shapes(0, 2), opsets(7)).chain(([[rows, inner, columns], batch, opset]) =>
    fc.tuple(broadcastable(batch), broadcastable(batch), fc.boolean(), fc.boolean()).map(
      ([a, b, isRow, isColumn]): OneNode => ({
        opset,
        opType: "MatMul",
        inputs: [
          isRow ? floats(inner) : floats(...a, rows, inner),
          isColumn ? floats(inner) : floats(...b, inner, columns),
        ],
      }),
    ),
  ),
  { numRuns: 50 },
);

testOperators(
  "MatMulInteger, QLinearMatMul",
  shapes(3, 3).chain(([rows, inner, columns]) => {
    const a = { type: "uint8", dims: [rows, inner] } as const;
    const b = { type: "uint8", dims: [inner, columns] } as const;
    const zero = { type: "uint8", dims: [] } as const;
    return fc.constantFrom<OneNode>(
      { opset: 10, opType: "MatMulInteger", inputs: [a, b] },
      {
        opset: 10,
        opType: "QLinearMatMul",
        inputs: [a, floats(), zero, b, floats(), zero, floats(), zero],
      },
    );
  }),
);

const equations: readonly (readonly [equation: string, ...terms: string[]])[] = [
  ["bij,bjk->bik", "bij", "bjk"],
  ["bhqd,bhkd->bhqk", "bhqd", "bhkd"],
  ["ij,jk", "ij", "jk"],
  ["ij->ji", "ij"],
  ["ii->i", "ii"],
  ["i,j->ij", "i", "j"],
  ["ij->", "ij"],
  ["ba,cb", "ba", "cb"],
];

testOperators(
  "Einsum: by letters, with and without an arrow",
  fc.tuple(fc.constantFrom(...equations), shapes(26, 26)).map(
    ([[equation, ...terms], sizes]): OneNode => ({
      opset: 12,
      opType: "Einsum",
      attributes: { equation },
      inputs: terms.map((term) =>
        floats(...[...term].map((letter) => sizes[letter.charCodeAt(0) - 97])),
      ),
    }),
  ),
  { numRuns: 40 },
);

testOperators(
  "Einsum: dots stand for axes that are broadcast",
  fc.tuple(shapes(3, 3), shapes(0, 2)).chain(([[i, j, k], batch]) =>
    fc
      .tuple(
        broadcastable(batch),
        fc.constantFrom("...ij,...jk->...ik", "...ij,...jk", "...ij,...jk->i...k"),
      )
      .map(
        ([a, equation]): OneNode => ({
          opset: 12,
          opType: "Einsum",
          attributes: { equation },
          inputs: [
            floats(...batch.map((_, at) => a[at - batch.length + a.length] ?? 1), i, j),
            floats(...batch, j, k),
          ],
        }),
      ),
  ),
  { numRuns: 40 },
);

describe("Attention", () => {
  testOperators(
    "heads in an axis of their own, with a cache",
    fc.tuple(shapes(4, 4), fc.nat(2), fc.boolean()).map(
      ([[batch, length, size, keys], past, hasPast]): OneNode => ({
        opset: 23,
        opType: "Attention",
        inputs: [
          floats(batch, 4, length, size * 8),
          floats(batch, 2, keys, size * 8),
          floats(batch, 2, keys, 8),
          ...(hasPast
            ? [null, floats(batch, 2, past + 1, size * 8), floats(batch, 2, past + 1, 8)]
            : []),
        ],
        outputs: hasPast ? 4 : 1,
      }),
    ),
  );

  testOperators(
    "heads side by side",
    shapes(4, 4).map(
      ([batch, length, size, keys]): OneNode => ({
        opset: 23,
        opType: "Attention",
        attributes: { q_num_heads: 4, kv_num_heads: 2 },
        inputs: [
          floats(batch, length, 4 * size),
          floats(batch, keys, 2 * size),
          floats(batch, keys, 6),
        ],
      }),
    ),
  );
});

testOperators(
  "RotaryEmbedding, TensorScatter",
  shapes(2, 2).chain(([batch, length]) =>
    fc.constantFrom<OneNode>(
      {
        opset: 23,
        opType: "RotaryEmbedding",
        inputs: [
          floats(batch, 2, length, 8),
          floats(9, 4),
          floats(9, 4),
          { type: "int64", dims: [batch, length] },
        ],
      },
      {
        opset: 24,
        opType: "TensorScatter",
        inputs: [
          floats(batch, 2, length + 2, 4),
          floats(batch, 2, 1, 4),
          { type: "int64", dims: [batch] },
        ],
      },
    ),
  ),
);
