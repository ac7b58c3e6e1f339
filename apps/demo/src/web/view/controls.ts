import {
  networkOf,
  networks,
  type RateChoice,
  variantOf,
} from "../../experiment/networks/networks.js";
import type { OwnReport } from "../messages.js";
import { frameworkLabels, type RuntimeChoice, runtimeOf, runtimes } from "../network/runtimes.js";
import { type Beside, OWN, type Settings } from "../network/Settings.js";
import { element } from "./element.js";

const select = (id: string): HTMLSelectElement => element(id, HTMLSelectElement);

/** Of the model that was opened last. */
let ownFramework: RuntimeChoice["framework"] | undefined;

/** Fills the form's lists, and keeps them fitting each other; `onChange` hears of each other choice. */
export function showControls(onChange: () => void): void {
  select("network").append(...networks.map(({ id, label }) => new Option(label, id)));
  select("runtime").append(...runtimes.map(({ id, label }) => new Option(label, id)));
  select("network").addEventListener("change", showNetwork);
  select("variant").addEventListener("change", showVariant);
  showNetwork();
  for (const id of ["network", "variant", "runtime", "rates", "beside", "seed"]) {
    element(id, HTMLElement).addEventListener("change", onChange);
  }
}

/** Makes somebody's own model the network. */
export function chooseOwn({ framework }: OwnReport): void {
  ownFramework = framework;
  const network = select("network");
  if (![...network.options].some(({ value }) => value === OWN)) {
    network.append(new Option("Your model", OWN));
  }
  network.value = OWN;
  showNetwork();
}

/** What the form says. */
export function readSettings(): Settings {
  const network = select("network").value;
  return {
    network: network === OWN ? OWN : networkOf(network).id,
    variant: select("variant").value,
    rates: rateInputs().map((input) => input.valueAsNumber),
    runtime: select("runtime").value,
    beside: besideOf(select("beside").value),
    seed: element("seed", HTMLInputElement).valueAsNumber,
  };
}

/** Makes the form say this. */
export function writeSettings(settings: Settings): void {
  select("network").value = settings.network;
  showNetwork();
  select("variant").value = settings.variant;
  showVariant();
  rateInputs().forEach((input, i) => {
    input.valueAsNumber = settings.rates[i];
    input.dispatchEvent(new Event("input"));
  });
  select("runtime").value = settings.runtime;
  select("beside").value = settings.beside;
  element("seed", HTMLInputElement).valueAsNumber = settings.seed;
}

function showNetwork(): void {
  const { value } = select("network");
  const isOwn = value === OWN;
  const { about, variants } = isOwn
    ? { about: "with the dropout that it has", variants: [] }
    : networkOf(value);
  element("about", HTMLParagraphElement).textContent = about;
  select("variant").replaceChildren(...variants.map(({ id, label }) => new Option(label, id)));
  element("variant-label", HTMLLabelElement).hidden = isOwn;
  showVariant();
}

function showVariant(): void {
  const network = select("network").value;
  const isOwn = network === OWN;
  const rates = isOwn ? [] : variantOf(networkOf(network), select("variant").value).rates;
  element("rates", HTMLDivElement).replaceChildren(...rates.map(rateControl));
  limitTo(isOwn ? ownFramework : undefined);
}

/** Leaves the choice of one framework alone, or of all. */
function limitTo(framework: RuntimeChoice["framework"] | undefined): void {
  const [runtime, beside] = [select("runtime"), select("beside")];
  for (const option of runtime.options) {
    option.disabled = framework !== undefined && runtimeOf(option.value).framework !== framework;
  }
  const fitting = [...runtime.options].find(({ disabled }) => !disabled);
  if (runtime.selectedOptions[0]?.disabled && fitting) runtime.value = fitting.value;
  beside.options[1].disabled = framework !== undefined;
  if (framework !== undefined) beside.selectedIndex = 0;
  element("missing", HTMLParagraphElement).textContent =
    framework === undefined ? "" : `Your model is one of ${frameworkLabels[framework]}.`;
}

const besideOf = (value: string): Beside => (value === "framework" ? value : "plain");

const rateInputs = (): HTMLInputElement[] => [
  ...element("rates", HTMLDivElement).querySelectorAll("input"),
];

function rateControl({ label, start }: RateChoice): HTMLLabelElement {
  const input = document.createElement("input");
  Object.assign(input, { type: "range", min: "0", max: "0.9", step: "0.05", value: `${start}` });
  const shown = document.createElement("output");
  const show = () => {
    shown.value = input.valueAsNumber.toFixed(2);
  };
  input.addEventListener("input", show);
  show();
  const name = document.createElement("span");
  name.className = "rate-name";
  name.append(label, shown);
  const control = document.createElement("label");
  control.append(name, input);
  return control;
}
