import {
  type Channels,
  dropBlock,
  featureAlphaDropout,
  spatialDropout,
  type Variant,
} from "../../src/index.js";

export type SpaceFactory = (options: {
  readonly rate: number;
  readonly blockSize: number;
  readonly channels?: Channels;
}) => Variant;

/** Every factory that takes `channels`; withChannels.test.ts fails where one is missing. */
export const spaceFactories: Readonly<Record<string, SpaceFactory>> = {
  spatialDropout,
  featureAlphaDropout,
  dropBlock,
};
