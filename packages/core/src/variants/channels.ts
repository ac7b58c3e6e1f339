import { checkChoice } from "../checks/checkOption.js";
import type { Axes, Space } from "../seam/seam.js";

/** Where a target has its channels: `[batch, ...space, channels]` or `[batch, channels, ...space]`. */
export type Channels = "first" | "last";

/**
 * The axes of space, of any number of dimensions.
 * @throws {TypeError} If `channels` is neither "first" nor "last".
 */
export function spaceAxes(owner: string, channels: Channels): Axes {
  const value = checkChoice(owner, {
    name: "channels",
    value: channels,
    choices: ["first", "last"],
  });
  return value === "last" ? [1, -2] : [2, -1];
}

/** The axes of space for an option that may be left out, which leaves the layout open. */
export const openAxes = (owner: string, channels: Channels | undefined): Axes | Space =>
  channels === undefined ? "space" : spaceAxes(owner, channels);
