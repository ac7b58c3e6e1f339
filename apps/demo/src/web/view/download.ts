import type { SavedFile } from "../messages.js";

/** Lets the browser save files. */
export function download(files: readonly SavedFile[]): void {
  for (const { name, bytes } of files) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes]));
    link.download = name;
    link.click();
    // A browser may still be asking where to put it.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }
}
