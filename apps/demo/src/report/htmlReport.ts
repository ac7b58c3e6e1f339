import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { ArmResult } from "../experiment/compare.js";
import type { Recipe } from "../experiment/recipe.js";
import { HEAD, resultRows } from "../terminal/resultTable.js";
import { type Chart, chartsOf } from "./charts.js";
import { escapeHtml } from "./escapeHtml.js";
import { versions } from "./versions.js";

export interface ReportOptions {
  /** The arms at every epoch, for the curves. */
  readonly arms: readonly ArmResult[];
  /** Those of the table. */
  readonly listed: readonly ArmResult[];
  readonly settings: Settings;
}

/** What was asked for. */
interface Settings {
  readonly data: string;
  readonly network: string;
  readonly recipe: Recipe;
  readonly seeds: number;
  /** The arguments of the command. */
  readonly command: readonly string[];
}

/** An experiment as one page that needs no other file: its table, its curves, its settings and the versions. */
export async function htmlReport({ arms, listed, settings }: ReportOptions): Promise<string> {
  const [script, plotStyle, style, draw] = await Promise.all([
    fileText(import.meta.resolve("uplot/dist/uPlot.iife.min.js")),
    fileText(import.meta.resolve("uplot/dist/uPlot.min.css")),
    fileText(new URL("../../report/report.css", import.meta.url)),
    fileText(new URL("../../report/drawCharts.js", import.meta.url)),
  ]);
  const charts = chartsOf(arms);
  const title = `Dropout on ${settings.data}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${plotStyle}${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(settings.network)}: without noise and with it, from the same weights on the same batches.</p>
${tableHtml(listed)}
<p class="note">Accuracies in percent${settings.seeds > 1 ? `, mean ± standard deviation over ${settings.seeds} seeds` : ""}; the gap is train minus validation, with noise off.</p>
${sectionsHtml(charts)}
<h2>Settings</h2>
${listHtml({ ...settingsOf(settings), ...versions() })}
</main>
<script id="charts" type="application/json">${JSON.stringify(charts).replaceAll("<", "\\u003c")}</script>
<script>${script}</script>
<script>${draw}</script>
</body>
</html>
`;
}

const fileText = (url: string | URL): Promise<string> => readFile(fileURLToPath(url), "utf8");

function tableHtml(arms: readonly ArmResult[]): string {
  const row = (tag: "th" | "td", cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  const rows = resultRows(arms).map((cells) => row("td", cells));
  return `<div class="table"><table><thead>${row("th", HEAD)}</thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

/** A section for each quantity, with the charts of all frameworks. */
function sectionsHtml(charts: readonly Chart[]): string {
  const quantities = [...new Set(charts.map(({ quantity }) => quantity))];
  return quantities
    .map((wanted) => {
      const figures = charts.map(({ quantity, framework }, index) =>
        quantity === wanted
          ? `<figure><figcaption>${escapeHtml(framework)}</figcaption><div data-chart="${index}"></div></figure>`
          : "",
      );
      return `<h2>${escapeHtml(wanted)}</h2><div class="charts">${figures.join("")}</div>`;
    })
    .join("\n");
}

const settingsOf = ({ recipe, seeds, command }: Settings): Record<string, string> => ({
  command: `pnpm demo ${command.join(" ")}`.trim(),
  optimizer: `Adam, learning rate ${recipe.learningRate}, ${recipe.schedule}`,
  batch: String(recipe.batch),
  ...(recipe.maxNorm !== undefined && { "max-norm": String(recipe.maxNorm) }),
  seeds: seeds === 1 ? String(recipe.seed) : `${recipe.seed} to ${recipe.seed + seeds - 1}`,
});

const listHtml = (items: Readonly<Record<string, string>>): string =>
  `<dl>${Object.entries(items)
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
    .join("")}</dl>`;
