import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/drawDigits.js";

describe("drawDigits", () => {
  it("draws 1500 and 2000 images with as many of each digit, and is never called MNIST", () => {
    const { name, train, validation } = drawDigits();
    expect(name).toBe("drawn digits");
    for (const [set, count] of [
      [train, 1500],
      [validation, 2000],
    ] as const) {
      expect(set.count).toBe(count);
      expect(set.images).toHaveLength(count * 784);
      for (let digit = 0; digit < 10; digit++) {
        expect(set.labels.filter((label) => label === digit)).toHaveLength(count / 10);
      }
    }
  });

  it("gives these bytes on every machine", () => {
    const { train, validation } = drawDigits({ seed: 7, train: 100, validation: 100 });
    const hash = createHash("sha256").update(train.images).update(validation.images).digest("hex");
    expect(hash).toBe("8c7a731d526793bceeed16dadffaeeebf29721b21c2a362b1a3ab0e58b7208eb");
  });

  it("draws image i from seed, half and i alone: a smaller set begins a larger one", () => {
    const small = drawDigits({ seed: 3, train: 5, validation: 1 });
    const large = drawDigits({ seed: 3, train: 9, validation: 4 });
    expect(large.train.images.subarray(0, 5 * 784)).toEqual(small.train.images);
    expect(large.validation.images.subarray(0, 784)).toEqual(small.validation.images);
    expect(drawDigits({ seed: 4, train: 5, validation: 1 }).train.images).not.toEqual(
      small.train.images,
    );
  });

  it("shows no image twice, neither in a half nor across them", () => {
    const { train, validation } = drawDigits();
    const seen = new Set<string>();
    for (const { images, count } of [train, validation]) {
      for (let i = 0; i < count; i++) {
        seen.add(Buffer.from(images.subarray(i * 784, (i + 1) * 784)).toString("latin1"));
      }
    }
    expect(seen.size).toBe(train.count + validation.count);
  });

  it("draws digits that can be told apart: most are nearest to the mean image of their own kind", () => {
    const { train, validation } = drawDigits();
    const means = Array.from({ length: 10 }, (_, digit) => {
      const mean = new Float64Array(784);
      for (let i = digit; i < train.count; i += 10) {
        for (let p = 0; p < 784; p++) mean[p] += train.images[i * 784 + p] / (train.count / 10);
      }
      return mean;
    });
    let right = 0;
    for (let i = 0; i < validation.count; i++) {
      const image = validation.images.subarray(i * 784, (i + 1) * 784);
      const distances = means.map((mean) =>
        mean.reduce((sum, value, p) => sum + (value - image[p]) ** 2, 0),
      );
      if (distances.indexOf(Math.min(...distances)) === validation.labels[i]) right++;
    }
    // Guessing is right on 200 +- 13 of 2000: half of them is 60 deviations away.
    expect(right).toBeGreaterThan(1000);
  });

  it.each([
    [{ seed: -1 }, "drawDigits: seed must be an integer in [0, 2^32), got -1"],
    [{ train: 0 }, "drawDigits: train must be an integer >= 1, got 0"],
    [{ validation: 2.5 }, "drawDigits: validation must be an integer >= 1, got 2.5"],
    [{ train: Number.NaN }, "drawDigits: train must be an integer >= 1, got NaN"],
  ])("rejects %o", (options, message) => {
    expect(() => drawDigits(options)).toThrow(new RangeError(message));
  });
});
