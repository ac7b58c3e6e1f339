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
    expect(hash).toBe("fcd1a6b3d1d550981216caa7124602e018a6b30cac55b2a7aa93ec3eb477b0c0");
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

  it("draws digits that can be told apart: most are nearest to a training image of their own kind", () => {
    const { train, validation } = drawDigits({ validation: 300 });
    let right = 0;
    for (let i = 0; i < validation.count; i++) {
      let nearest = { distance: Number.POSITIVE_INFINITY, label: -1 };
      for (let j = 0; j < train.count; j++) {
        let distance = 0;
        for (let p = 0; p < 784; p++) {
          distance += (validation.images[i * 784 + p] - train.images[j * 784 + p]) ** 2;
        }
        if (distance < nearest.distance) nearest = { distance, label: train.labels[j] };
      }
      if (nearest.label === validation.labels[i]) right++;
    }
    // Guessing is right on 30 +- 5.2 of 300: half of them is 23 deviations away.
    expect(right).toBeGreaterThan(150);
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
