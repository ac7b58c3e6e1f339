import type { DownloadDisplay } from "../terminal/downloadProgress.js";
import type { Progress } from "../terminal/progress.js";

/** Where a command shows its progress, and where it writes its results. */
export interface DemoOutput {
  readonly progress: Progress;
  readonly download: DownloadDisplay;
  readonly write: (line: string) => void;
}
