import { expect, test } from "vitest";
import { fileBeside } from "../../../src/web/worker/own/fileBeside.js";

const files = ["other.bin", "w.bin"].map((name) => new File([], name));

test.each(["w.bin", "some/folder/w.bin", "some\\folder\\w.bin"])(
  "fileBeside: %s is the file of that name",
  (path) => {
    expect(fileBeside("digits.onnx", { path, files }).name).toBe("w.bin");
  },
);

test("fileBeside: a file whose name ends alike is another, and what is missing is said", () => {
  const [other] = files;
  expect(() => fileBeside("digits.onnx", { path: "er.bin", files: [other] })).toThrow(
    "demo: digits.onnx must come with er.bin, got no such file",
  );
});
