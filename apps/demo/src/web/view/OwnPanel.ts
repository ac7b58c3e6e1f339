import type { Edit, EditVariant, OwnReport } from "../messages.js";
import { element } from "./element.js";

const variants: readonly EditVariant[] = [
  "dropout",
  "gaussian-dropout",
  "alpha-dropout",
  "spatial-dropout",
];

/** Shows the dropout of somebody's own model, and how it can be changed. */
export class OwnPanel {
  readonly #form: HTMLFormElement = element("edit", HTMLFormElement);
  readonly #rate: HTMLInputElement = element("edit-rate", HTMLInputElement);
  readonly #places: HTMLFieldSetElement = element("own-places", HTMLFieldSetElement);

  constructor(onEdit: (edit: Edit) => void) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      onEdit({
        kind: "insert",
        places: this.#chosen(),
        variant: this.#variant(),
        rate: this.#rate.valueAsNumber,
      });
    });
    element("edit-rates", HTMLButtonElement).addEventListener("click", () => {
      if (this.#form.reportValidity()) onEdit({ kind: "rate", rate: this.#rate.valueAsNumber });
    });
    element("edit-strip", HTMLButtonElement).addEventListener("click", () =>
      onEdit({ kind: "strip" }),
    );
  }

  show({ name, framework, sites, places, pitfalls }: OwnReport): void {
    this.#form.hidden = false;
    element("own-name", HTMLParagraphElement).textContent =
      `${name}, ${framework === "onnx" ? "an ONNX model" : "a model of TensorFlow.js"}`;
    const rows = sites.map(({ site, variant, rate }) =>
      rowOf([site, variant, rate?.toFixed(2) ?? "learned"]),
    );
    element("own-sites", HTMLTableSectionElement).replaceChildren(
      ...(rows.length > 0 ? rows : [rowOf(["none", "", ""])]),
    );
    element("own-pitfalls", HTMLUListElement).replaceChildren(...pitfalls.map(itemOf));
    const [legend] = this.#places.children;
    this.#places.replaceChildren(legend, ...places.map(choiceOf));
    this.#places.hidden = places.length === 0;
  }

  #chosen(): string[] {
    return [...this.#places.querySelectorAll("input")]
      .filter(({ checked }) => checked)
      .map(({ value }) => value);
  }

  #variant(): EditVariant {
    const { value } = element("edit-variant", HTMLSelectElement);
    return variants.find((variant) => variant === value) ?? "dropout";
  }
}

function rowOf(texts: readonly string[]): HTMLTableRowElement {
  const row = document.createElement("tr");
  texts.forEach((text, i) => {
    const cell = document.createElement(i === 0 ? "th" : "td");
    if (i === 0) cell.setAttribute("scope", "row");
    cell.textContent = text;
    row.append(cell);
  });
  return row;
}

function itemOf(text: string): HTMLLIElement {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

function choiceOf({ id, label, isUsual }: OwnReport["places"][number]): HTMLLabelElement {
  const input = document.createElement("input");
  Object.assign(input, { type: "checkbox", value: id, checked: isUsual });
  const choice = document.createElement("label");
  choice.append(input, label);
  return choice;
}
