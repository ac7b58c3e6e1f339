import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { makeValueInfo, tensorInfoOf } from "../../src/graph.js";
import { ValueInfoProtoSchema } from "../../src/model/schema.js";

test("value infos: what is declared is read", () => {
  const dims = ["batch", 3, 1];
  expect(tensorInfoOf(makeValueInfo("x", { type: "int64", dims }))).toEqual({ dataType: 7, dims });
  expect(tensorInfoOf(makeValueInfo("x", { type: "float32", dims: [] }))?.dims).toEqual([]);
});

test("value infos: one without a type or a shape says nothing", () => {
  expect(tensorInfoOf(create(ValueInfoProtoSchema, { name: "x" }))).toBeUndefined();
  const value = { case: "tensorType", value: { elemType: 1 } } as const;
  const shapeless = create(ValueInfoProtoSchema, { name: "x", type: { value } });
  expect(tensorInfoOf(shapeless)).toBeUndefined();
});

test("value infos: a negative size is one that is not known", () => {
  const dims = [-1, 4];
  const info = tensorInfoOf(makeValueInfo("x", { type: "float32", dims }));
  expect(info?.dims).toEqual(["x.0", 4]);
});
