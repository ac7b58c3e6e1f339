// @ts-check
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, extname, join, normalize } from "node:path";

const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/**
 * Serves folders on 127.0.0.1, where each path `/<name>/` is a page that runs `page.js` beside it. Files of
 * onnxruntime's WebAssembly that a bundle looks for and its bundler did not copy are taken from the package, as its
 * documentation tells a user to copy them.
 * @param {string} root
 * @param {string} runtime The folder of onnxruntime-web's files.
 * @returns {Promise<{ origin: string, close: () => void }>}
 */
export async function serve(root, runtime) {
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    if (pathname.endsWith("/")) {
      response.setHeader("content-type", "text/html");
      const icon = '<link rel="icon" href="data:,">';
      response.end(`<!doctype html>${icon}<script type="module" src="page.js"></script>`);
      return;
    }
    const places = [join(root, normalize(pathname)), join(runtime, basename(pathname))];
    for (const place of places) {
      const content = await readFile(place).catch(() => undefined);
      if (content === undefined) continue;
      const type = Object.entries(types).find(([extension]) => extension === extname(place))?.[1];
      response.setHeader("content-type", type ?? "application/octet-stream");
      response.end(content);
      return;
    }
    response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("serve: port must be open");
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
