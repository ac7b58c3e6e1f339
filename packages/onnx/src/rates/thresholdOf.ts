import { dropThreshold } from "@dropoutkit/core/adapter";
import { grownPlan } from "../noise/grownPlan.js";
import type { Site } from "../sites/site.js";

/** T of a site at a rate: what draws are compared with, those of the seeds where blocks grow. */
export function thresholdOf({ part: { field }, dims }: Site, rate: number): number {
  const plan = field.grow && grownPlan({ ...field, rate }, dims);
  return plan?.threshold ?? dropThreshold(rate);
}
