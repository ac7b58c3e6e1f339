import { replaceConstants } from "../constants/replaceConstants.js";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import { DataType } from "../model/schema.js";
import { makeValueInfo } from "../model/valueInfo.js";
import { emitRateScalars } from "../rates/emitRateScalars.js";
import { isDouble } from "../rates/isDouble.js";
import { sitesNamed } from "../rates/sitesNamed.js";
import { replaceRecord, type Site, sitesOf } from "../sites/site.js";

export interface RateAsInputOptions {
  /** Names of sites, or of their parts such as `lstm/nextCell`. Default: all that have a rate. */
  readonly sites?: readonly string[];
}

/**
 * The model with the rates of its sites as inputs, so that a schedule needs no other model and no other
 * session: `maskFeeds` takes `rates`. The input `<site>/threshold` is what draws are compared with,
 * floor(rate 65536 + 0.5) as uint32; the constants that follow from the rate are computed from it, and
 * results keep their bits. A site whose rate is an input already stays as it is.
 * @throws {Error} If the model has no such site.
 * @throws {TypeError} If a formula over blocks reads their rate.
 */
export function rateAsInput(model: ModelLike, { sites }: RateAsInputOptions = {}): OnnxModel {
  const owner = "rateAsInput";
  const open = copyModel(modelOf(owner, model));
  const all = sitesOf(open).filter(({ part }) => part.field.rate !== undefined);
  const chosen = sites?.flatMap((name) => sitesNamed(owner, all, name)) ?? all;
  if (chosen.length === 0) {
    throw new Error(`${owner}: model must have a site with a rate, got none`);
  }
  for (const site of new Set(chosen)) if (!site.rateAsInput) openRate(open, site);
  return open;
}

function openRate(model: OnnxModel, site: Site): void {
  const { part, scalars } = site;
  const names = Object.keys(scalars);
  if (part.field.grow && names.length > 0) {
    throw new TypeError(
      `rateAsInput: site ${site.site} must not read the rate of its blocks, got variant ${site.variant}`,
    );
  }
  const builder = new GraphBuilder(site.site, model.graph);
  const threshold = site.threshold ?? (names.length > 0 ? builder.uniqueName("threshold") : "");
  if (threshold !== "") {
    model.graph.input.push(makeValueInfo(threshold, { type: "uint32", dims: [] }));
  }
  const computed = Object.entries(scalars).map(([name, expr]) => {
    return { name, expr, dataType: isDouble(model, name) ? DataType.DOUBLE : DataType.FLOAT };
  });
  replaceConstants(model, new Map([threshold, ...names].map((name) => [name, undefined])));
  emitRateScalars(builder, threshold, computed);
  builder.addTo(model, { at: 0 });
  const input = threshold === "" ? {} : { threshold };
  replaceRecord(model, { ...site, ...input, rateAsInput: true });
}
