import type { Point } from "../messages.js";
import { element } from "./element.js";

/** Shows the gap and the accuracies of both networks; dashes without a point. */
export function showGap(point: Point | undefined): void {
  for (const arm of ["first", "second"] as const) {
    const scores = point?.[arm];
    const texts = {
      [`gap-${arm}`]: scores && `${percent(scores.trainAccuracy - scores.validationAccuracy)} pt`,
      [`${arm}-train`]: scores && `${percent(scores.trainAccuracy)}%`,
      [`${arm}-validation`]: scores && `${percent(scores.validationAccuracy)}%`,
    };
    for (const [id, text] of Object.entries(texts)) {
      element(id, HTMLElement).textContent = text ?? "–";
    }
  }
}

const percent = (share: number): string => (100 * share).toFixed(1).replace("-", "−");
