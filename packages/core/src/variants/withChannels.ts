import type { Axes, Space, Variant } from "../seam/seam.js";
import { type Channels, spaceAxes } from "./channels.js";

/**
 * A variant with the axes of space where a layout has them: what an adapter makes of each variant that it
 * is given, by its framework's own layout. Axes that the variant itself says stay.
 * @throws {TypeError} If `channels` is neither "first" nor "last".
 */
export function withChannels(variant: Variant, channels: Channels): Variant {
  const space = spaceAxes("withChannels", channels);
  const bound = (axes: Axes | Space): Axes => (axes === "space" ? space : axes);
  const parts = variant.parts.map((part) => {
    const { shared, grow } = part.field;
    const field = {
      ...part.field,
      ...(shared && { shared: shared.map(bound) }),
      ...(grow && { grow: { ...grow, axes: bound(grow.axes) } }),
    };
    return { ...part, field };
  });
  return { ...variant, parts };
}
