import type { Digits } from "../data/digits.js";
import { downloadMnist } from "../data/downloadMnist.js";
import { drawDigits } from "../data/drawDigits.js";
import { readIdxDirectory } from "../data/readIdxDirectory.js";
import type { DemoOutput } from "./DemoOutput.js";
import { type DataOptions, isDrawn } from "./options.js";

/** The images that the options ask for, which it names; the project's own without any. */
export async function digitsFor(
  options: DataOptions,
  { download, write }: Pick<DemoOutput, "download" | "write">,
): Promise<Digits> {
  const digits = await loadDigits(options, download);
  write(
    `${digits.name}: ${digits.train.count} training and ${digits.validation.count} validation images`,
  );
  return digits;
}

async function loadDigits(options: DataOptions, download: DemoOutput["download"]): Promise<Digits> {
  if (isDrawn(options)) return drawDigits();
  const directory = options.data ?? (await downloadMnist({ onProgress: download.show }));
  download.stop();
  return readIdxDirectory(directory);
}
