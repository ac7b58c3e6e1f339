import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { DataType } from "../model/schema.js";

/**
 * The gain of a field that grew, float32: entries / kept entries, 0 where nothing is kept. In float64, like
 * core's: counts above 2^24 are exact there.
 */
export function emitGain(builder: GraphBuilder, field: string): string {
  const cast = (x: string, to: DataType): string => builder.op("Cast", [x], { attributes: { to } });
  const bits = cast(field, DataType.INT32);
  const kept = builder.op("ReduceSum", [bits], { attributes: { keepdims: 0 } });
  const double = cast(kept, DataType.DOUBLE);
  const entries = cast(builder.op("Size", [field]), DataType.DOUBLE);
  const gain = cast(builder.op("Div", [entries, double]), DataType.FLOAT);
  const some = cast(kept, DataType.BOOL);
  return builder.op("Where", [some, gain, builder.scalar("float32", 0)]);
}
