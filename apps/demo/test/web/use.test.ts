import type { Page } from "playwright";
import { beforeEach, describe, expect, test } from "vitest";
import { learn, pause, takeStep, waitForStep, withPage } from "./withPage.js";

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
  /** Time of the thread itself, in microseconds: what other programs take does not count. */
  readonly tdur?: number;
}

/** The tasks of pages' own threads in a trace of Chromium, in milliseconds. */
function mainTasks({ traceEvents }: { readonly traceEvents: readonly TraceEvent[] }): number[] {
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const named = traceEvents.filter(({ name }) => name === "thread_name");
  const mains = new Set(named.filter(({ args }) => args.name === "CrRendererMain").map(threadOf));
  return traceEvents
    .filter((event) => event.name.endsWith("RunTask") && mains.has(threadOf(event)))
    .map(({ tdur = 0 }) => tdur / 1000);
}

describe("page in use", () => {
  const open = withPage();
  let page: Page;

  beforeEach(() => {
    page = open().page;
  });

  const count = async (): Promise<number> =>
    Number.parseInt(((await page.locator("#count").textContent()) ?? "").replace("step ", ""), 10);

  /** Presses Tab until the element of an id has the focus. */
  async function tabTo(id: string): Promise<void> {
    for (let presses = 0; presses < 60; presses++) {
      if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`#${id} must be reached by Tab, got 60 presses`);
  }

  test("by keyboard alone: choose, train, pause, look at masks, ask", async () => {
    await tabTo("variant");
    await page.keyboard.press("ArrowDown");
    expect(await page.locator("#variant").inputValue()).toBe("gaussian-dropout");
    await tabTo("start");
    await page.keyboard.press("Enter");
    await waitForStep(page, 2);
    await page.keyboard.press("Enter");
    await page.getByText("Paused").waitFor();
    await tabTo("mask-next");
    await page.keyboard.press("Space");
    await tabTo("pad");
    await page.keyboard.press("3");
    await tabTo("ask");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("#verdict").textContent()).toMatch(/of 30 passes/);
  });

  test("a network that has learned tells the digits that are put on the drawing area", async () => {
    await page.getByLabel("Runs in").selectOption("onnx-wasm");
    await learn(page, 75);
    await pause(page);
    const answers: string[] = [];
    for (const digit of "0123456789") {
      await page.locator("#pad").press(digit);
      await page.locator("#verdict").evaluate((shown) => shown.replaceChildren());
      await page.getByRole("button", { name: "Ask" }).click();
      await expect.poll(() => page.locator("#verdict").textContent()).toMatch(/of 30 passes/);
      const verdict = await page.locator("#verdict").textContent();
      answers.push(/say (\d)/.exec(verdict ?? "")?.[1] ?? "");
    }
    const right = answers.filter((answer, digit) => answer === String(digit));
    expect(right.length, answers.join("")).toBeGreaterThanOrEqual(7);
  });

  test("every control is reached by Tab, and shows its focus", async () => {
    const controls = page.locator(
      "main :is(button, select, input, canvas[tabindex]):visible:enabled",
    );
    for (let presses = 0; presses < 2 * (await controls.count()); presses++) {
      await page.keyboard.press("Tab");
      const ring = await page.evaluate(() => {
        const { activeElement: at } = document;
        at?.setAttribute("data-reached", "");
        return at && at !== document.body
          ? getComputedStyle(at.closest("label.button") ?? at).outlineStyle
          : "the page's own";
      });
      expect(ring).not.toBe("none");
    }
    const missed = controls.locator(":scope:not([data-reached])");
    expect(await missed.evaluateAll((all) => all.map(({ outerHTML }) => outerHTML))).toEqual([]);
  });

  test("pause holds, reset clears, speed is kept to", async () => {
    await page.getByLabel("Speed").selectOption("2");
    await page.getByRole("button", { name: "Start" }).click();
    await waitForStep(page, 1);
    const from = await count();
    await page.waitForTimeout(2000);
    // Two a second, and one that was under way; a machine with other work takes fewer.
    expect((await count()) - from).toBeLessThanOrEqual(5);
    await pause(page);
    const held = await count();
    // Time for two steps.
    await page.waitForTimeout(1000);
    expect(await count()).toBe(held);
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByText("Ready", { exact: true }).waitFor();
    expect(await page.locator("#count").textContent()).toBe("");
    expect(await page.locator("#first-train").textContent()).toBe("–");
    await takeStep(page, 1);
  });

  test("with reduced motion, masks wait until the training does", async () => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.getByRole("button", { name: "Start" }).click();
    await waitForStep(page, 5);
    const shown = page.getByLabel("Step", { exact: true });
    expect(await shown.inputValue()).toBe("1");
    await pause(page);
    await expect.poll(async () => Number(await shown.inputValue())).toBe(await count());
  });

  test("on a phone's width nothing is cut off", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    // Curves follow the width a frame later.
    const cutOff = (): Promise<number> =>
      page.evaluate(() => {
        const { clientWidth, scrollWidth } = document.documentElement;
        return scrollWidth - clientWidth;
      });
    await expect.poll(cutOff).toBe(0);
  });

  test("training leaves the page's own thread free", async () => {
    const browser = page.context().browser();
    await browser?.startTracing(page, { categories: ["toplevel", "__metadata"] });
    await learn(page);
    const trace = await browser?.stopTracing();
    const longest = Math.max(...mainTasks(JSON.parse(trace?.toString() ?? "")));
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(50);
  });
});
