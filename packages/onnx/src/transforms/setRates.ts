import { rateScalars } from "@dropoutkit/core/adapter";
import { replaceConstants } from "../constants/replaceConstants.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import type { TensorProto } from "../model/schema.js";
import { scalarTensor, scalarValue, thresholdTensor } from "../noise/rateScalar.js";
import { isDouble } from "../rates/isDouble.js";
import { type Rates, ratesOfSites } from "../rates/ratesOfSites.js";
import { thresholdOf } from "../rates/thresholdOf.js";
import { replaceRecord, type Site, sitesOf } from "../sites/site.js";

/**
 * The model with other rates at sites that it has: the one that these rates would have made in the first
 * place. Nodes, names and inputs stay. Of a site whose rate is an input, the rate for runs that are given none.
 * @throws {Error} If the model has no such site.
 * @throws {RangeError} If a rate is outside [0, 1].
 */
export function setRates(model: ModelLike, rates: Rates): OnnxModel {
  const changed = copyModel(modelOf("setRates", model));
  const sites = sitesOf(changed).filter(({ part }) => part.field.rate !== undefined);
  for (const [site, rate] of ratesOfSites("setRates", sites, rates)) setRate(changed, site, rate);
  return changed;
}

function setRate(model: OnnxModel, site: Site, rate: number): void {
  const { part, threshold, scalars, rateAsInput } = site;
  if (!rateAsInput) {
    const change = new Map<string, TensorProto>();
    if (threshold !== undefined) {
      change.set(threshold, thresholdTensor(threshold, thresholdOf(site, rate)));
    }
    for (const [name, expr] of Object.entries(scalars)) {
      const type = isDouble(model, name) ? "float64" : "float32";
      change.set(name, scalarTensor(name, type, scalarValue(expr, rateScalars(rate))));
    }
    replaceConstants(model, change);
  }
  replaceRecord(model, { ...site, part: { ...part, field: { ...part.field, rate } } });
}
