import { SingleBar } from "cli-progress";
import type { DownloadProgress } from "../data/fetchFile.js";

/** Shows the files of a download: a live bar for each on a terminal, a plain line for each elsewhere. */
export interface DownloadDisplay {
  show(progress: DownloadProgress): void;
  /** Leaves the terminal as it was found. */
  stop(): void;
}

export function downloadDisplayOn(stream: NodeJS.WriteStream): DownloadDisplay {
  return stream.isTTY ? liveBars(stream) : plainLines(stream);
}

function liveBars(stream: NodeJS.WriteStream): DownloadDisplay {
  let shown: string | undefined;
  let bar: SingleBar | undefined;
  return {
    show({ file, received, total }) {
      if (file !== shown) {
        bar?.stop();
        bar = new SingleBar({ format: `${file} {bar} {percentage}%`, stream, hideCursor: true });
        // A server may leave the length out; the bar is then full from the start.
        bar.start(total ?? received, received);
        shown = file;
      }
      bar?.update(received);
    },
    stop: () => bar?.stop(),
  };
}

function plainLines(stream: NodeJS.WriteStream): DownloadDisplay {
  let shown: string | undefined;
  return {
    show({ file, total }) {
      if (file !== shown) stream.write(`${file}: ${total ?? "unknown"} bytes\n`);
      shown = file;
    },
    stop: () => {},
  };
}
