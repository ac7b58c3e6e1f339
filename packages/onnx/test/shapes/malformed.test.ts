import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type AttributeValue,
  GraphBuilder,
  inferShapes,
  makeTensor,
  makeValueInfo,
} from "../../src/graph.js";
import { shapeRules } from "../../src/shapes/rules/shapeRules.js";

const attributeNames = (
  "axes axis batch_dims block_size blocksize body ceil_mode dilations direction else_branch equation " +
  "group hidden_size keepdims kernel_shape layout num_groups num_outputs num_scan_inputs output_padding " +
  "output_shape pads perm q_num_heads scales shape split starts ends strides then_branch to value"
).split(" ");

const wild = fc.constantFrom(-3, -1, 0, 1, 2, 7, 2 ** 31, -(2 ** 40));

const values: fc.Arbitrary<AttributeValue> = fc.oneof(
  wild,
  fc.array(wild, { maxLength: 6 }),
  fc.constantFrom("", "SAME_UPPER", "...,->", "ij->ji", "a,b,c->..."),
  fc.constant(
    makeTensor({ name: "", type: "int64", dims: [3], data: BigInt64Array.of(-1n, 2n ** 40n, 3n) }),
  ),
);

const operands = fc.oneof(
  fc.constant(""),
  fc.constantFrom("nowhere", "list", "broken"),
  fc.constantFrom("x0", "x1", "x2", "x3", "x4", "x5"),
);

test("inferShapes: a node of any operator with any inputs and attributes is no error, and no size is negative", () => {
  fc.assert(
    fc.property(
      fc.record({
        opType: fc.constantFrom(...shapeRules.keys()),
        opset: fc.integer({ min: 1, max: 24 }),
        attributes: fc.dictionary(fc.constantFrom(...attributeNames), values, { maxKeys: 4 }),
        inputs: fc.array(operands, { maxLength: 6 }),
        ranks: fc.array(fc.array(fc.constantFrom(0, 1, 2, 3, "batch"), { maxLength: 5 }), {
          minLength: 6,
          maxLength: 6,
        }),
        list: fc.array(wild, { maxLength: 6 }),
        outputs: fc.integer({ min: 0, max: 6 }),
      }),
      ({ opType, opset, attributes, inputs, ranks, list, outputs }) => {
        const builder = new GraphBuilder();
        const data = BigInt64Array.from(list, BigInt);
        builder.constant(makeTensor({ name: "list", type: "int64", dims: [list.length], data }));
        const broken = makeTensor({ name: "broken", type: "int64", dims: [-2, 9], data });
        builder.constant(broken);
        const made = Array.from({ length: outputs }, (_, i) => `y${i}`);
        builder.ops(opType, inputs, { attributes, outputs: made, name: "node" });
        const model = builder.model({
          name: "malformed",
          inputs: ranks.map((dims, i) => makeValueInfo(`x${i}`, { type: "float32", dims })),
          outputs: [],
          opset,
        });
        for (const { dims } of inferShapes(model).values()) {
          expect(dims.every((dim) => typeof dim === "string" || dim >= 0)).toBe(true);
        }
      },
    ),
    { numRuns: 5000 },
  );
});
