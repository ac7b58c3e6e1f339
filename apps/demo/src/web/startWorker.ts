/** The longest that the page waits for its service worker, in milliseconds. */
const PATIENCE = 3000;

/** Starts the worker that trains, behind the service worker, so that what it loads is kept for the next visit. */
export async function startWorker(): Promise<Worker> {
  if (import.meta.env.MODE === "production")
    await Promise.race([serviceWorker(), passed(PATIENCE)]);
  return new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" });
}

/** Resolves once the page's requests are kept, or never will be. */
async function serviceWorker(): Promise<void> {
  // There is none on a plain http address.
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker: container } = navigator;
  try {
    await container.register("./serviceWorker.js");
  } catch {
    return;
  }
  if (container.controller === null) {
    await new Promise((resolve) => container.addEventListener("controllerchange", resolve));
  }
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const own = loaded.filter((url) => url.startsWith(location.origin));
  container.controller?.postMessage([location.href, ...own]);
}

const passed = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
