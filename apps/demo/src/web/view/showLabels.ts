import type { Pair } from "../messages.js";
import { frameworkLabels, otherRuntime, runtimeOf } from "../network/runtimes.js";
import type { Settings } from "../network/Settings.js";

/** Names the two networks wherever the page shows them. */
export function showLabels(settings: Pick<Settings, "beside" | "runtime">): void {
  for (const [which, label] of Object.entries(labelsOf(settings))) {
    for (const place of document.querySelectorAll(`[data-label="${which}"]`)) {
      place.textContent = label;
    }
  }
}

function labelsOf({ beside, runtime }: Pick<Settings, "beside" | "runtime">): Pair<string> {
  if (beside === "plain") return { first: "With dropout", second: "Without" };
  const own = runtimeOf(runtime);
  return {
    first: frameworkLabels[own.framework],
    second: frameworkLabels[otherRuntime(own).framework],
  };
}
