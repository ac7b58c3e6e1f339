import type { Page } from "playwright";

/** Drags a file from outside over the page's heading and drops it there; Chromium makes the events. */
export async function dropFile(page: Page, path: string): Promise<void> {
  const box = await page.locator("h1").boundingBox();
  if (box === null) throw new Error("dropFile: the page must have a heading, got none");
  const session = await page.context().newCDPSession(page);
  const at = { x: box.x + 1, y: box.y + 1 };
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, ...at, data });
  }
  await session.detach();
}
