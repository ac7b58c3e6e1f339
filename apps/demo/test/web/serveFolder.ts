import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";

/** What a plain web server says of a file, by its name's ending. */
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** A running server: the address of the folder on it. */
export interface FolderServer {
  readonly url: string;
  /** From now on it says of everything that it is out of order. */
  readonly fail: () => void;
  readonly stop: () => Promise<void>;
}

/** Serves a folder on the loopback, as plainly as a server can, under a path of its own. */
export async function serveFolder(folder: string, path: string): Promise<FolderServer> {
  let fails = false;
  const server: Server = createServer(async (request, response) => {
    if (fails) {
      response.writeHead(503).end();
      return;
    }
    const asked = new URL(request.url ?? "", "http://loopback").pathname;
    const name = asked.endsWith("/") ? `${asked}index.html` : asked;
    try {
      if (!name.startsWith(path)) throw new Error("outside");
      const bytes = await readFile(join(folder, name.slice(path.length)));
      response.writeHead(200, {
        "content-type": types[extname(name)] ?? "application/octet-stream",
      });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("serveFolder: no port");
  return {
    url: `http://127.0.0.1:${address.port}${path}`,
    fail: () => {
      fails = true;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
