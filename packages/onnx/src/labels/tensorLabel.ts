import type { TensorProto } from "../model/schema.js";

/** A tensor as error messages call it; those in Constant nodes have no names. */
export const tensorLabel = ({ name }: Pick<TensorProto, "name">): string =>
  name === "" ? "tensor without a name" : `tensor ${name}`;
