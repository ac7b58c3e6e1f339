import { create } from "@bufbuild/protobuf";
import { DimensionSchema, type ValueInfoProto, ValueInfoProtoSchema } from "./schema.js";
import { dataTypeOf, type TensorType } from "./tensorType.js";

/** A size: a number, or the name of one that is known only when the model runs. */
export type Dim = number | string;

/** What is known of a tensor before the model runs. `dataType` is ONNX's number for the element type. */
export interface TensorInfo {
  readonly dataType: number;
  readonly dims: readonly Dim[];
}

/** Declares a value: its name, its element type and its sizes. */
export function makeValueInfo(
  name: string,
  { type, dims }: { readonly type: TensorType; readonly dims: readonly Dim[] },
): ValueInfoProto {
  return valueInfoOf(name, { dataType: dataTypeOf(type), dims });
}

/** Declares a value of what is known of a tensor. */
export function valueInfoOf(name: string, { dataType, dims }: TensorInfo): ValueInfoProto {
  const dim = dims.map((size) =>
    typeof size === "number"
      ? create(DimensionSchema, { value: { case: "dimValue", value: BigInt(size) } })
      : create(DimensionSchema, { value: { case: "dimParam", value: size } }),
  );
  const value = { elemType: dataType, shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value } } });
}

/** What a value's declaration says; undefined if it is no tensor or has no shape. A size without a name, or a negative one, is named after its place. */
export function tensorInfoOf({ name, type }: ValueInfoProto): TensorInfo | undefined {
  if (type?.value.case !== "tensorType" || type.value.value.shape === undefined) return undefined;
  const { elemType, shape } = type.value.value;
  return {
    dataType: elemType,
    dims: shape.dim.map(({ value }, axis) => {
      // Exporters write -1 for a size that they do not know.
      if (value.case === "dimValue" && value.value >= 0n) return Number(value.value);
      return value.case === "dimParam" && value.value !== "" ? value.value : `${name}.${axis}`;
    }),
  };
}
