import fc from "fast-check";
import { type Cases, derived, seeds } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";

const blocks = fc.record({
  batch: fc.nat(2),
  channels: fc.integer({ min: 1, max: 2 }),
  height: fc.integer({ min: 1, max: 2 }),
  width: fc.integer({ min: 1, max: 3 }),
  blocksize: fc.integer({ min: 1, max: 3 }),
  seed: seeds,
});

/** The order of channels and places in the block is an attribute since opset 11. */
const spread: Cases = (opset) =>
  fc
    .tuple(blocks, fc.constantFrom(undefined, "DCR", "CRD"))
    .map(([{ batch, channels, height, width, blocksize, seed }, mode]) => ({
      attributes: { blocksize, ...(opset >= 11 && mode && { mode }) },
      inputs: [derived(seed, [batch, channels * blocksize ** 2, height, width])],
    }));

const gathered: Cases = () =>
  blocks.map(({ batch, channels, height, width, blocksize, seed }) => ({
    attributes: { blocksize },
    inputs: [derived(seed, [batch, channels, height * blocksize, width * blocksize])],
  }));

gradientLaw("DepthToSpace", { opsets: [7, 11, 13], type: "float32", cases: spread });
gradientLaw("SpaceToDepth", { opsets: [7, 13], type: "float32", cases: gathered });
