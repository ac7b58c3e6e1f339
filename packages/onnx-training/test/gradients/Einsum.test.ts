import fc from "fast-check";
import { type Cases, derived, namedAt, seeds, sizes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";

/** Letters that are kept, summed, in one factor alone, or take a diagonal. */
const equations = [
  "ij,jk->ik",
  "ij,jk",
  "bhid,bhjd->bhij",
  " b i , b j k -> k b ",
  "ij->ji",
  "ij->j",
  "ij->",
  "ii->i",
  "ii",
  "iij->ji",
  "iii->i",
  "ii,ij->j",
  "i,j->ij",
  "i,i,i->i",
  "ij,jk,kl,lm->im",
  "ba,cb",
  "aB,Bc->ca",
  ",i->i",
  "->",
] as const;

/** An entry is a sum of at most 27 products of numbers below 1, each of which is rounded at most 30 times. */
const accuracy = { ulps: 27 * 30 } as const;
const domain = { from: -1, to: 1 } as const;

const termsOf = (equation: string): string[] =>
  equation.replaceAll(" ", "").split("->")[0].split(",");

const placeOf = (letter: string): number => letter.toLowerCase().charCodeAt(0) - 97;

/** A size for each letter. */
const sizesFrom = (size: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
  fc.array(size, { minLength: 26, maxLength: 26 });

const someSizes = sizesFrom(fc.integer({ min: 1, max: 3 }));

const letters: Cases = () =>
  fc
    .record({
      equation: fc.constantFrom(...equations),
      sizes: someSizes,
      seed: seeds,
      named: fc.boolean(),
    })
    .map(({ equation, sizes, seed, named }) => ({
      named,
      attributes: { equation },
      inputs: termsOf(equation).map((term, i) => {
        const dims = [...term].map((letter) => sizes[placeOf(letter)]);
        return derived(seed + i, dims, domain);
      }),
    }));

/** Most other sums of nothing the runtime refuses, or divides by their size. */
const empty: Cases = () =>
  fc.record({ sizes: sizesFrom(sizes), seed: seeds }).map(({ sizes: [i, j, k], seed }) => ({
    attributes: { equation: "ij,jk->ik" },
    inputs: [derived(seed, [i, j], domain), derived(seed + 1, [j, k], domain)],
  }));

/**
 * Sizes of 1 that are broadcast, for letters and for axes that dots stand for. The runtime takes known
 * sizes from the first factor that has them, so there they are whole.
 */
const broadcast: Cases = (opset) =>
  fc
    .record({
      equation: fc.constantFrom(
        "ij,jk->ik",
        "ij,jk->",
        "ij,ij,ij->j",
        "ii,ij->ji",
        "i,i->",
        "...ij,...jk->...ik",
        "i...j,j...->...",
        "i...j,...j",
        "...,i...->...i",
      ),
      sizes: someSizes,
      batch: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
      ones: fc.infiniteStream(fc.boolean()),
      seed: seeds,
      named: namedAt(opset),
    })
    .map(({ equation, sizes, batch, ones, seed, named }) => ({
      named,
      attributes: { equation },
      inputs: termsOf(equation).map((term, i) => {
        const axes = [...term.replace("...", "*")];
        const isDiagonal = new Set(axes).size < axes.length;
        const isWhole = isDiagonal || (i === 0 && !named);
        const full = axes.flatMap((axis) => (axis === "*" ? batch : [sizes[placeOf(axis)]]));
        const dims = full.map((size) => (ones.next().value && !isWhole ? 1 : size));
        return derived(seed + i, dims, domain);
      }),
    }));

gradientLaw("Einsum", { opsets: [12], runs: 40, cases: letters, ...accuracy });
gradientLaw("Einsum", { opsets: [12], cases: empty, ...accuracy });
gradientLaw("Einsum", { opsets: [12, 13], runs: 30, cases: broadcast, ...accuracy });
