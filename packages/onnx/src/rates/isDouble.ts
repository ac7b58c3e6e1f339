import { constantTensors } from "../constants/constantTensors.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { DataType } from "../model/schema.js";

/** Whether a constant of the main graph holds float64: the type that a site computes in where its values have it. */
export const isDouble = ({ graph }: OnnxModel, constant: string): boolean =>
  constantTensors(graph).some(
    ({ name, dataType }) => name === constant && dataType === DataType.DOUBLE,
  );
