import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

/** What a server does with a request for a file; `start` is the byte asked for with Range, or 0. */
export type Answer = (file: {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}) => void;

/** A file from the byte that was asked for. */
export const sendRange: Answer = ({ bytes, start, response }) => {
  if (start > 0 && start >= bytes.length) {
    response.writeHead(416).end();
    return;
  }
  response.writeHead(start > 0 ? 206 : 200, {
    "content-length": bytes.length - start,
    ...(start > 0 && { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  });
  response.end(bytes.subarray(start));
};

/** A file whole, whatever was asked for. */
export const sendAll: Answer = ({ bytes, response }) => {
  response.writeHead(200, { "content-length": bytes.length }).end(bytes);
};

/** `length` bytes from the one that was asked for, and then nothing, until the connection is cut. */
export const stallAfter =
  (length: number): Answer =>
  ({ bytes, start, response }) => {
    response.writeHead(start > 0 ? 206 : 200, { "content-length": bytes.length - start });
    response.write(bytes.subarray(start, start + length));
  };

/** No file, but a status. */
export const refuse =
  (status: number): Answer =>
  ({ response }) => {
    response.writeHead(status).end();
  };

/** A running server: its address, and the requests that it had as `name@start`. */
export interface FileServer {
  readonly url: string;
  readonly requests: readonly string[];
  /** A listener to progress that cuts the connection once, when this many bytes have arrived. */
  readonly cutAt: (bytes: number) => (progress: { readonly received: number }) => void;
}

/** Serves files on the loopback until the running test ends; the n-th request gets the n-th answer, or the last. */
export async function fileServer(
  files: Readonly<Record<string, Uint8Array>>,
  ...answers: readonly Answer[]
): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = (request.url ?? "").slice(1);
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(`${name}@${start}`);
    answer({ bytes: files[name], start, request, response });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("fileServer: no port");
  const cutAt = (length: number) => {
    let cut = false;
    return ({ received }: { readonly received: number }): void => {
      if (cut || received < length) return;
      cut = true;
      server.closeAllConnections();
    };
  };
  return { url: `http://127.0.0.1:${address.port}/`, requests, cutAt };
}
