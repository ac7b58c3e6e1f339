import { create } from "@bufbuild/protobuf";
import type { OnnxModel } from "./OnnxModel.js";
import { StringStringEntryProtoSchema } from "./schema.js";

/** What a model's metadata has under a key; undefined where it has nothing. */
export const metadataOf = ({ metadataProps }: OnnxModel, key: string): string | undefined =>
  metadataProps.find((entry) => entry.key === key)?.value;

/** Writes a value under a key of a model's metadata, in place; undefined takes the key out. */
export function setMetadata(model: OnnxModel, key: string, value: string | undefined): void {
  model.metadataProps = model.metadataProps.filter((entry) => entry.key !== key);
  if (value !== undefined) {
    model.metadataProps.push(create(StringStringEntryProtoSchema, { key, value }));
  }
}
