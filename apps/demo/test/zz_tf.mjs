import * as tf from "@tensorflow/tfjs";
import { chromium } from "playwright";
import { preview } from "vite";
import { chromiumLaunch } from "../../../scripts/chromiumLaunch.js";

const filesOf = async (model) => {
  let a;
  await model.save(
    tf.io.withSaveHandler(async (x) => {
      a = x;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  const { weightData, weightSpecs, ...rest } = a;
  return [
    {
      name: "model.json",
      mimeType: "application/json",
      buffer: Buffer.from(
        JSON.stringify({
          ...rest,
          weightsManifest: [{ paths: ["group1-shard1of1.bin"], weights: weightSpecs }],
        }),
      ),
    },
    {
      name: "group1-shard1of1.bin",
      mimeType: "application/octet-stream",
      buffer: Buffer.from(weightData),
    },
  ];
};
const inp = tf.input({ shape: [28, 28, 1] });
let x = tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: "same" }).apply(inp);
const y = tf.layers
  .conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu" })
  .apply(x);
x = tf.layers.add().apply([x, y]);
x = tf.layers.globalAveragePooling2d({}).apply(x);
x = tf.layers.dropout({ rate: 0.2 }).apply(x);
const fun = tf.model({ inputs: inp, outputs: tf.layers.dense({ units: 10 }).apply(x) });
const fun2 = tf.model({
  inputs: inp,
  outputs: tf.layers.softmax().apply(tf.layers.dense({ units: 10 }).apply(x)),
});
const lstm = tf.sequential({
  layers: [
    tf.layers.lstm({ units: 8, inputShape: [28, 28], dropout: 0.2, recurrentDropout: 0.2 }),
    tf.layers.dense({ units: 10, activation: "softmax" }),
  ],
});
const flat = tf.sequential({
  layers: [
    tf.layers.dense({ units: 12, activation: "elu", inputShape: [784] }),
    tf.layers.dense({ units: 10 }),
    tf.layers.softmax(),
  ],
});
const nested = tf.sequential({
  layers: [tf.layers.reshape({ targetShape: [28, 28, 1], inputShape: [784] }), fun],
});
const server = await preview({
  configFile: new URL("../vite.config.ts", import.meta.url).pathname,
  preview: { port: 0 },
  logLevel: "error",
});
const browser = await chromium.launch(chromiumLaunch());
const url = server.resolvedUrls.local[0];
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(60000);
page.on("console", (m) => {
  if (m.type() === "error") console.log("CONSOLE", m.text());
});
page.on("pageerror", (e) => console.log("PAGEERROR", e.message));
const state = async (what) =>
  console.log(
    "  ",
    what,
    "|",
    (await page.$$eval("#own-sites tr", (r) => r.map((x) => x.textContent))).join(", "),
    "| notes:",
    (await page.$$eval("#own-pitfalls li", (r) => r.map((x) => x.textContent)))
      .join(" ; ")
      .slice(0, 160),
    "| places:",
    (
      await page.$$eval("#own-places label", (r) =>
        r.map((x) => (x.querySelector("input").checked ? "*" : "") + x.textContent),
      )
    ).join(", "),
    "| ERR",
    await page.textContent("#own-error"),
    await page.textContent("#error"),
    await page.textContent("#count"),
  );
for (const [n, m] of Object.entries({ fun, fun2, lstm, flat, nested })) {
  console.log(n);
  await page.goto(url);
  await page.locator("#own input.files").setInputFiles(await filesOf(m));
  await page.waitForTimeout(1500);
  await state("open");
  if (!(await page.isVisible("#edit"))) continue;
  const step = async (w) => {
    await page.click("#step");
    await page.waitForFunction(() =>
      ["Paused", "Stopped"].includes(document.getElementById("status").textContent),
    );
    await state(w);
  };
  await step("step");
  await page.locator("#pad").press("3");
  await page.click("#ask");
  await page.waitForTimeout(700);
  console.log("   ask:", await page.textContent("#verdict"), await page.textContent("#ask-error"));
  await page.fill("#edit-rate", "0.1");
  await page.click("#edit-rates");
  await page.waitForTimeout(500);
  await state("rates");
  await step("step");
  if (await page.isVisible("#edit-insert")) await page.click("#edit-insert");
  await page.waitForTimeout(500);
  await state("insert");
  await step("step");
  await page.click("#edit-strip");
  await page.waitForTimeout(500);
  await state("strip");
  await step("step");
}
await browser.close();
await server.close();
