// Draws the curves of a report; stands in the page behind uPlot.
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const colours = dark
  ? ["#6cb6ff", "#f69d50", "#57ab5a", "#dcbdfb", "#ff7b72", "#39c5cf", "#d4a72c", "#9198a1"]
  : ["#0969da", "#bc4c00", "#1a7f37", "#8250df", "#cf222e", "#0b7285", "#9a6700", "#59636e"];
const [text, grid] = dark ? ["#9198a1", "#2a313c"] : ["#59636e", "#e7ecf0"];
const charts = JSON.parse(document.getElementById("charts").textContent);
for (const place of document.querySelectorAll("[data-chart]")) {
  const { quantity, epochs, series } = charts[Number(place.dataset.chart)];
  const axis = { stroke: text, grid: { stroke: grid }, ticks: { stroke: grid } };
  const options = {
    width: place.clientWidth,
    height: 320,
    scales: { x: { time: false }, y: { range: uPlot.rangeNum(...endsOf(quantity), 0.1, true) } },
    axes: [{ ...axis, label: "epoch", incrs: [1, 2, 5, 10, 20, 50, 100] }, axis],
    legend: {
      live: false,
      markers: { dash: (_, i) => (series[i - 1]?.isTraining ? "dashed" : "solid") },
    },
    series: [
      { label: "epoch" },
      ...series.map(({ label, arm, isTraining }) => ({
        label,
        stroke: colours[arm % colours.length],
        width: 2,
        points: { show: false },
        ...(isTraining && { dash: [6, 4] }),
      })),
    ],
  };
  const plot = new uPlot(options, [epochs, ...series.map(({ values }) => values)], place);
  addEventListener("resize", () => plot.setSize({ width: place.clientWidth, height: 320 }));
}

/** The smallest and the largest value of a quantity: charts of all frameworks have one scale. */
function endsOf(wanted) {
  const same = charts.filter(({ quantity }) => quantity === wanted);
  const values = same.flatMap(({ series }) => series.flatMap(({ values }) => values));
  return [Math.min(...values), Math.max(...values)];
}
