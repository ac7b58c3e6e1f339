import {
  decodeModel,
  encodeModel,
  inferShapes,
  insertDropout,
  inspectDropout,
  type OnnxModel,
  opsetOf,
  replaceDropout,
  setRates,
  sitesOf,
  stripDropout,
  upgradeOpset,
} from "@dropoutkit/onnx";
import { noiseVariants } from "../../../experiment/networks/noiseVariants.js";
import type { PlannedField } from "../../masks/PlannedField.js";
import type { Edit, OwnReport, SavedFile } from "../../messages.js";
import { fixedBatch, nameBatch } from "./nameBatch.js";
import type { Editable } from "./OwnModel.js";

/** The oldest operator set that has the loss. */
const OPSET = 12;

/** Operators that dropout usually stands behind. */
const USUAL = /Relu|Gelu|Elu|Selu|Tanh|Sigmoid|Swish|Mish|Soft(plus|sign)/;

interface Opened {
  readonly name: string;
  readonly model: OnnxModel;
  /** What people should know of how it was opened. */
  readonly notes: readonly string[];
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

  /** @throws {Error} If the file is no ONNX model, or one of an operator set before version 7. */
  static async open(file: File): Promise<OnnxOwn> {
    const model = decodeModel(new Uint8Array(await file.arrayBuffer()));
    return new OnnxOwn({ name: file.name, ...trainableHere(model) });
  }

  async edited(edit: Edit): Promise<OnnxOwn> {
    const model = editedModel(this.#model, edit);
    return new OnnxOwn({ name: this.report.name, model, notes: this.#notes });
  }

  fields(batch: number): readonly PlannedField[] {
    const model = this.trainable({ isNoisy: true });
    const infos = inferShapes(model);
    return sitesOf(model).flatMap(({ site, part, x, leaves }) => {
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

/** The model as it can be trained here, and what was changed for that. */
function trainableHere(model: OnnxModel): Omit<Opened, "name"> {
  const opset = opsetOf(model);
  const upgraded = opset < OPSET ? upgradeOpset(model, OPSET) : model;
  const notes =
    upgraded === model ? [] : [`It was of operator set ${opset}; here it is of ${OPSET}.`];
  const size = fixedBatch(upgraded);
  if (size === undefined) return { model: upgraded, notes };
  const exported = `It was exported for batches of ${size}`;
  const named = nameBatch(upgraded, size);
  const outcome =
    named === undefined
      ? `${exported}, which its own nodes need: it can be changed here, but not trained.`
      : `${exported}; here it takes batches of any size.`;
  return { model: named ?? upgraded, notes: [...notes, outcome] };
}

function editedModel(model: OnnxModel, edit: Edit): OnnxModel {
  switch (edit.kind) {
    case "insert": {
      const variant = noiseVariants[edit.variant]({ rate: edit.rate, channels: "first" });
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
        isUsual: USUAL.test(opType),
      })),
    pitfalls: pitfalls.map(({ message }) => message),
  };
}
