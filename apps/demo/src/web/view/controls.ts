import {
  networkOf,
  networks,
  type RateChoice,
  variantOf,
} from "../../experiment/networks/networks.js";
import { frameworkLabels, runtimes } from "../network/runtimes.js";
import type { Beside, Settings } from "../network/Settings.js";
import { element } from "./element.js";

const select = (id: string): HTMLSelectElement => element(id, HTMLSelectElement);

/** Fills the form's lists, and keeps them fitting each other; `onChange` hears of each other choice. */
export function showControls(onChange: () => void): void {
  const [network, variant, runtime, beside] = ["network", "variant", "runtime", "beside"].map(
    select,
  );
  network.append(...networks.map(({ id, label }) => new Option(label, id)));
  runtime.append(...runtimes.map(({ id, label }) => new Option(label, id)));
  const showVariant = () => {
    const { label, rates, onlyIn } = variantOf(networkOf(network.value), variant.value);
    element("rates", HTMLDivElement).replaceChildren(...rates.map(rateControl));
    runtimes.forEach(({ framework }, i) => {
      runtime.options[i].disabled = onlyIn !== undefined && framework !== onlyIn;
    });
    if (runtime.selectedOptions[0]?.disabled) runtime.selectedIndex = 0;
    beside.options[1].disabled = onlyIn !== undefined;
    if (onlyIn !== undefined) beside.selectedIndex = 0;
    element("missing", HTMLParagraphElement).textContent =
      onlyIn === undefined ? "" : `${label} is only in ${frameworkLabels[onlyIn]}.`;
  };
  const showNetwork = () => {
    const { about, variants } = networkOf(network.value);
    element("about", HTMLParagraphElement).textContent = about;
    variant.replaceChildren(...variants.map(({ id, label }) => new Option(label, id)));
    showVariant();
  };
  network.addEventListener("change", showNetwork);
  variant.addEventListener("change", showVariant);
  showNetwork();
  for (const id of ["network", "variant", "runtime", "rates", "beside", "seed"]) {
    element(id, HTMLElement).addEventListener("change", onChange);
  }
}

/** What the form says. */
export function readSettings(): Settings {
  const rates = [...element("rates", HTMLDivElement).querySelectorAll("input")];
  return {
    network: networkOf(select("network").value).id,
    variant: select("variant").value,
    rates: rates.map((input) => input.valueAsNumber),
    runtime: select("runtime").value,
    beside: besideOf(select("beside").value),
    seed: element("seed", HTMLInputElement).valueAsNumber,
  };
}

const besideOf = (value: string): Beside => (value === "framework" ? value : "plain");

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
