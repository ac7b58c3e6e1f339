import { styleText } from "node:util";
import { SingleBar } from "cli-progress";
import type { CopyProgress } from "../external/copyFile.js";
import type { Streams } from "./Streams.js";

/** What commands write to. Colours and bars are for terminals alone. */
export interface Terminal {
  readonly signal: AbortSignal;
  write(line: string): void;
  heading(text: string): string;
  warning(text: string): string;
  /** Shows how far a large file has been copied. */
  showCopy(progress: CopyProgress): void;
  /** Leaves the terminal as it was found. */
  stop(): void;
}

/** Bytes from which a copy takes long enough to be watched. */
const LARGE = 2 ** 26;

export function terminalOn({ stdout, stderr }: Streams, signal: AbortSignal): Terminal {
  let bar: SingleBar | undefined;
  let shown: string | undefined;
  const stop = (): void => bar?.stop();
  return {
    signal,
    write: (line) => void stdout.write(`${line}\n`),
    heading: (text) => styleText("bold", text, { stream: stdout }),
    warning: (text) => styleText("yellow", text, { stream: stdout }),
    showCopy({ file, copied, total }) {
      if (!stderr.isTTY || total < LARGE) return;
      if (file !== shown) {
        stop();
        shown = file;
        const format = `copying ${file} {bar} {percentage}%`;
        bar = new SingleBar({ format, stream: stderr, hideCursor: true, barsize: 20 });
        bar.start(total, 0);
      }
      bar?.update(copied);
      if (copied === total) stop();
    },
    stop,
  };
}
