import type { Channels } from "@dropoutkit/core";

/** Where the channels are, in tfjs's words; tfjs itself writes Keras's `channels_last` as `channelsLast`. */
export type DataFormat = "channelsFirst" | "channelsLast";

/**
 * The same in core's words.
 * @param owner Who asks, for the message.
 * @throws {TypeError} If it is another word.
 */
export function channelsOf(
  owner: string,
  dataFormat: DataFormat | null = "channelsLast",
): Channels {
  if (dataFormat === "channelsFirst") return "first";
  if (dataFormat === "channelsLast" || dataFormat === null) return "last";
  throw new TypeError(
    `${owner}: dataFormat must be channelsFirst or channelsLast, got ${String(dataFormat)}`,
  );
}
