import {
  embedWeights,
  encodeModel,
  insertDropout,
  inspectDropout,
  type OnnxModel,
  replaceDropout,
  setRates,
  stripDropout,
} from "@dropoutkit/onnx";
import { inferShapes, sitesOf } from "@dropoutkit/onnx/graph";
import { isActivation } from "../../../experiment/isActivation.js";
import { noiseVariant } from "../../../experiment/networks/noiseVariants.js";
import { type TrainableModel, trainableModel } from "../../../experiment/trainableModel.js";
import type { PlannedField } from "../../masks/PlannedField.js";
import type { Edit, OwnReport, SavedFile } from "../../messages.js";
import type { Editable } from "./Editable.js";
import { fileBeside } from "./fileBeside.js";

interface Opened extends TrainableModel {
  readonly name: string;
}

/** A model of an .onnx file. */
export class OnnxOwn implements Editable<OnnxOwn> {
  readonly framework = "onnx";
  readonly report: OwnReport;
  readonly #model: OnnxModel;

  readonly #notes: readonly string[];

  private constructor({ name, model, notes }: Opened) {
    this.#model = model;
    this.#notes = notes;
    const { pitfalls, ...found } = reportOf(model);
    this.report = {
      name,
      framework: this.framework,
      ...found,
      pitfalls: [...notes, ...pitfalls],
    };
  }

  /**
   * @param files The .onnx, and those of its weights that lie beside it.
   * @throws {Error} If it is no ONNX model, one of an operator set before version 7, or not whole.
   */
  static async open(files: readonly File[]): Promise<OnnxOwn> {
    const file = files.find((one) => one.name.endsWith(".onnx"));
    if (file === undefined) throw new Error("demo: files must hold an .onnx, got none");
    const { name } = file;
    const model = await embedWeights(await bytesOf(file), (path) =>
      bytesOf(fileBeside(name, { path, files })),
    );
    return new OnnxOwn({ name, ...trainableModel(model) });
  }

  async edited(edit: Edit): Promise<OnnxOwn> {
    const model = editedModel(this.#model, edit);
    return new OnnxOwn({ name: this.report.name, model, notes: this.#notes });
  }

  fields(batch: number): readonly PlannedField[] {
    const model = this.trainable({ isNoisy: true });
    const infos = inferShapes(model);
    const order = this.report.sites.map(({ site }) => site);
    const sites = sitesOf(model).sort((a, b) => order.indexOf(a.site) - order.indexOf(b.site));
    return sites.flatMap(({ site, part, x, leaves }) => {
      const [, ...sizes] = infos.get(x)?.dims ?? [];
      const isKnown = sizes.length > 0 && sizes.every(Number.isInteger);
      if (part.at !== "activation" || leaves !== undefined || !isKnown) return [];
      return [{ site, part, target: [batch, ...sizes.map(Number)], channels: "first" }];
    });
  }

  files(): readonly SavedFile[] {
    return [{ name: this.report.name, bytes: Uint8Array.from(encodeModel(this.#model)) }];
  }

  /** What is trained: dropout of its own becomes noise that the runtime keeps. */
  trainable({ isNoisy }: { readonly isNoisy: boolean }): OnnxModel {
    return isNoisy ? replaceDropout(this.#model) : stripDropout(this.#model);
  }
}

const bytesOf = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());

function editedModel(model: OnnxModel, edit: Edit): OnnxModel {
  switch (edit.kind) {
    case "insert": {
      const variant = noiseVariant(edit.variant, { rate: edit.rate });
      return insertDropout(model, { variant, after: { tensor: edit.places } });
    }
    case "rate":
      return setRates(replaceDropout(model, { rate: edit.rate }), edit.rate);
    case "strip":
      return stripDropout(model);
  }
}

function reportOf(model: OnnxModel): Pick<OwnReport, "sites" | "places" | "pitfalls"> {
  const { sites, places, pitfalls } = inspectDropout(model);
  return {
    sites: sites.map(({ site, variant, rate }) => ({ site, variant: variant ?? "noise", rate })),
    places: places
      .filter(({ opType }) => opType !== undefined)
      .map(({ tensor, opType = "", dims }) => ({
        id: tensor,
        label: `${opType} ${tensor} [${dims.join(", ")}]`,
        isUsual: isActivation(opType),
      })),
    pitfalls: pitfalls.map(({ message }) => message),
  };
}
