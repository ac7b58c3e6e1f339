import { expect, test } from "vitest";
import { coreDraw, type Origin } from "./draw.js";
import { weakDraw } from "./weakDraw.js";

test.each<Origin>([
  { seed: 0, site: "", step: 0 },
  { seed: 2 ** 32 - 1, site: "lstm/state", step: 2 ** 32 - 1 },
])("weakDraw: without a weakness, core's field: what weakens it is all that differs", (origin) => {
  expect(weakDraw({})(origin, 19661, 4096)).toEqual(coreDraw(origin, 19661, 4096));
});
