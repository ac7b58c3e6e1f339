import Table from "cli-table3";
import type { DropoutSite } from "../inspect/dropoutSites.js";
import type { Terminal } from "./Terminal.js";

/** A table of plain cells under bold heads. */
export function plainTable(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const table = new Table({
    head: head.map((text) => terminal.heading(text)),
    style: { head: [], border: [] },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

/** Dropout as a table; rates of float32, such as 0.10000000149011612, in the digits that it holds. */
export const siteTable = (terminal: Terminal, sites: readonly DropoutSite[]): string =>
  plainTable(
    terminal,
    ["site", "variant", "place", "rate", "noise", "tensor"],
    sites.map(({ site, kind, variant, place, rate, noise, training, x }) => [
      site,
      variant ?? "unknown",
      place ?? (kind === "Dropout" ? "Dropout node" : "pattern"),
      rate === undefined ? "computed" : String(Number(rate.toPrecision(6))),
      noise ?? (training === false ? "off" : "the runtime's"),
      x,
    ]),
  );
