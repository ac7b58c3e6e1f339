import { describe, expect, it } from "vitest";
import { ink } from "../../src/data/ink.js";

describe("ink", () => {
  it("covers a pixel by the squared distance from the line: 1 inside, 0 from half a pixel beyond the pen", () => {
    const image = new Float64Array(784);
    ink(image, [10, 14, 20, 14], 1);
    const column = [11, 12, 13, 14, 15, 16, 17].map((y) => image[28 * y + 15]);
    // Distance 1 of reach 1.5: (2.25 - 1) / 2.
    expect(column).toEqual([0, 0, 0.625, 1, 0.625, 0, 0]);
  });

  it("rounds the ends, and a point is a disc", () => {
    const line = new Float64Array(784);
    ink(line, [10, 14, 20, 14], 1);
    const point = new Float64Array(784);
    ink(point, [20, 14, 20, 14], 1);
    for (let y = 0; y < 28; y++) expect(line[28 * y + 21]).toBe(point[28 * y + 21]);
    expect(point[28 * 14 + 21]).toBe(0.625);
  });

  it("keeps the darker of what is there and what it draws, and stays in the image", () => {
    const image = new Float64Array(784).fill(0.7);
    ink(image, [-5, -5, 40, -5, 40, 14, 0, 14], 1);
    expect(image[28 * 14]).toBe(1);
    expect(image[28 * 13]).toBe(0.7);
    expect(image[28 * 20]).toBe(0.7);
  });
});
