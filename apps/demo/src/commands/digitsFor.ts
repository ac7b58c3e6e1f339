import { datasets } from "../data/datasets.js";
import { type Digits, digitsOf, PIXELS } from "../data/digits.js";
import { downloadDataset } from "../data/downloadDataset.js";
import { drawDigits } from "../data/drawDigits.js";
import { readIdxDirectory } from "../data/readIdxDirectory.js";
import type { DemoOutput } from "./DemoOutput.js";
import { isDrawn } from "./options.js";
import type { DataOptions } from "./TrainingOptions.js";
import { UsageError } from "./UsageError.js";

/** The images that the options ask for, which it names; the project's own without any. */
export async function digitsFor(
  options: DataOptions,
  { download, write }: Pick<DemoOutput, "download" | "write">,
): Promise<Digits> {
  const digits = firstOf(await loadDigits(options, download), options.images);
  write(
    `${digits.name}: ${digits.train.count} training and ${digits.validation.count} validation images`,
  );
  return digits;
}

async function loadDigits(options: DataOptions, download: DemoOutput["download"]): Promise<Digits> {
  if (isDrawn(options)) return drawDigits();
  const { download: name = "mnist" } = options;
  const directory =
    options.data ?? (await downloadDataset({ ...datasets[name], onProgress: download.show }));
  download.stop();
  return readIdxDirectory(directory);
}

/** The same with the first training images alone. */
function firstOf(digits: Digits, count: number | undefined): Digits {
  if (count === undefined) return digits;
  const { name, train, validation } = digits;
  if (count > train.count) {
    throw new UsageError(`images must be at most ${train.count}, got ${count}`);
  }
  const images = train.images.subarray(0, count * PIXELS);
  const labels = train.labels.subarray(0, count);
  return digitsOf({ name, train: { images, labels, count }, validation });
}
