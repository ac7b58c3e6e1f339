import type { Case } from "../Case.js";
import { openPage, withoutChromium } from "../openPage.js";
import type { TfjsPage } from "../page/tfjsPage.js";

declare const tfjsPage: TfjsPage;

type Comparison = Parameters<TfjsPage["prepare"]>[0];

/** A comparison that a page makes on a backend of tfjs. */
const inPage = (
  backend: string,
  comparison: Comparison,
  about: Pick<Case, "name" | "peer" | "target">,
): Case => ({
  ...about,
  runs: 15,
  ...(withoutChromium && { unavailable: withoutChromium }),
  async prepare() {
    const { page, close } = await openPage(new URL("../page/tfjsPage.js", import.meta.url));
    await page.evaluate(([name, backend]) => tfjsPage.prepare(name, backend), [
      comparison,
      backend,
    ] as const);
    return {
      ours: () => page.evaluate(() => tfjsPage.run("ours")),
      peer: () => page.evaluate(() => tfjsPage.run("peer")),
      dispose: close,
    };
  },
});

/** Layers beside tfjs's own on the GPU of a page, where the GPU may be a program on the CPU. */
export const tfjsInChromium: readonly Case[] = ["webgl", "webgpu"].flatMap((backend) => [
  inPage(backend, "dropout", {
    name: `tfjs dropout layer 1M, ${backend} in Chromium`,
    peer: `tf.layers.dropout (${backend})`,
    target: 2,
  }),
  inPage(backend, "spatial", {
    name: `tfjs spatialDropout2d layer 1M, ${backend} in Chromium`,
    peer: `tf.mul (${backend})`,
    target: 1 / 1.5,
  }),
]);
