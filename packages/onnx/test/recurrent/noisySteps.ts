import { drawMask } from "@dropoutkit/core";
import { rateScalars } from "@dropoutkit/core/adapter";
import * as ort from "onnxruntime-web";
import { encodeModel } from "../../src/index.js";
import { type Feed, float32, floatsOf } from "../runtime/runModel.js";
import type { Outputs } from "./expectClose.js";
import { type RecurrentCase, recurrentModel } from "./recurrentModel.js";

/** Where noise comes from, and its rates. */
export interface LayerNoise {
  readonly seed: number;
  readonly step: number;
  readonly site: string;
  /** Of variational dropout. */
  readonly rates?: Readonly<Record<"input" | "state" | "output", number>>;
  /** Of zoneout. */
  readonly kept?: Readonly<Record<"nextState" | "nextCell", number>>;
}

/**
 * What a layer with variational noise gives, timestep after timestep: each is a run of the operator over one
 * timestep, whose initial state is the noisy one, with core's masks. `feeds` are those of a case of layout 0
 * whose weights are fed.
 */
export async function noisySteps(
  one: RecurrentCase,
  feeds: Readonly<Record<string, Feed>>,
  noise: LayerNoise,
): Promise<Outputs> {
  const ways = one.direction === "bidirectional" ? 2 : 1;
  const directions: Ends[] = [];
  for (let way = 0; way < ways; way++) {
    const backward = one.direction === "reverse" || way === 1;
    directions.push(await direction(one, feeds, { ...noise, way, backward }));
  }
  const { time, batch, hidden } = one;
  const y = Array.from({ length: time }, (_, t) => directions.map(({ ys }) => [...ys[t]])).flat(2);
  const all: Outputs = {
    Y: float32([time, ways, batch, hidden], y),
    Y_h: float32(
      [ways, batch, hidden],
      directions.flatMap(({ h }) => [...h]),
    ),
    Y_c: float32(
      [ways, batch, hidden],
      directions.flatMap(({ c }) => [...c]),
    ),
  };
  return Object.fromEntries(one.outputs.map((name) => [name, all[name]]));
}

interface Ends {
  readonly ys: readonly Float32Array[];
  readonly h: Float32Array;
  readonly c: Float32Array;
}

async function direction(
  one: RecurrentCase,
  feeds: Readonly<Record<string, Feed>>,
  { way, backward, ...noise }: LayerNoise & { readonly way: number; readonly backward: boolean },
): Promise<Ends> {
  const { time, batch, features, hidden } = one;
  const site = backward ? `${noise.site}/backward` : noise.site;
  const drop = (place: "input" | "state" | "output", size: number, values: Float32Array) => {
    const rate = noise.rates?.[place] ?? 0;
    if (rate === 0) return values;
    const mask = drawMask({ ...noise, site: `${site}/${place}`, shape: [batch, size], rate });
    const { gain } = rateScalars(rate);
    return values.map((value, i) => (mask[i % mask.length] ? Math.fround(gain * value) : 0));
  };
  const zone = (
    place: "nextState" | "nextCell",
    timestep: number,
    { fresh, old }: { readonly fresh: Float32Array; readonly old: Float32Array },
  ): Float32Array => {
    const rate = noise.kept?.[place] ?? 0;
    const shape = [batch, hidden];
    const mask = drawMask({ ...noise, site: `${site}/${place}`, shape, rate, timestep });
    return fresh.map((value, at) => (mask[at] ? value : old[at]));
  };
  const { run, release } = await timestep(one, feeds, way);
  const ofWay = (name: string): Float32Array =>
    name in feeds ? slice(feeds[name], way) : new Float32Array(batch * hidden);
  let h = ofWay("h0");
  let c = ofWay("c0");
  const ys: Float32Array[] = [];
  for (let i = 0; i < time; i++) {
    const t = backward ? time - 1 - i : i;
    const isActive = (example: number): boolean =>
      !one.lengths || t < Number(feeds.lengths.data[example]);
    const choose = (fresh: Float32Array, old: Float32Array): Float32Array =>
      fresh.map((value, at) => (isActive(Math.floor(at / hidden)) ? value : old[at]));
    const x = drop("input", features, slice(feeds.X, t));
    const left = await run(x, drop("state", hidden, h), c);
    const next = {
      h: zone("nextState", i, { fresh: left.h, old: h }),
      c: zone("nextCell", i, { fresh: left.c, old: c }),
    };
    ys[t] = choose(drop("output", hidden, next.h), new Float32Array(batch * hidden));
    h = choose(next.h, h);
    c = choose(next.c, c);
  }
  await release();
  return { ys, h: one.outputs.includes("Y") ? h : drop("output", hidden, h), c };
}

/** One of a tensor's slices along its first axis. */
function slice({ data, dims }: Feed, index: number): Float32Array {
  const size = data.length / dims[0];
  return Float32Array.from(data.slice(index * size, (index + 1) * size), Number);
}

interface Timestep {
  run(
    x: Float32Array,
    h: Float32Array,
    c: Float32Array,
  ): Promise<{ readonly h: Float32Array; readonly c: Float32Array }>;
  release(): Promise<void>;
}

/** A run of the operator over one timestep, of which one direction is looked at. */
async function timestep(
  one: RecurrentCase,
  feeds: Readonly<Record<string, Feed>>,
  way: number,
): Promise<Timestep> {
  const { batch, hidden, kind } = one;
  const outputs = kind === "LSTM" ? (["Y_h", "Y_c"] as const) : (["Y_h"] as const);
  const single = { ...one, time: 1, lengths: false, start: true, outputs };
  const { model, feeds: other } = recurrentModel(single);
  const session = await ort.InferenceSession.create(encodeModel(model));
  const size = batch * hidden;
  const given = Object.entries({ ...other, ...pick(feeds, ["W", "R", "B", "P"]) });
  const place = (feed: Feed, values: Float32Array): Feed => {
    const data = Float32Array.from(feed.data, Number);
    data.set(values, feed.dims[0] === 1 ? 0 : way * size);
    return { ...feed, data };
  };
  const run: Timestep["run"] = async (x, h, c) => {
    const values: Readonly<Record<string, Float32Array>> = { X: x, h0: h, c0: c };
    const results = await session.run(
      Object.fromEntries(
        given.map(([name, feed]) => {
          const { data, dims } = name in values ? place(feed, values[name]) : feed;
          return [name, new ort.Tensor("float32", Float32Array.from(data, Number), dims)];
        }),
      ),
    );
    const end = (name: string) => floatsOf(results[name].data).slice(way * size, (way + 1) * size);
    return { h: end("Y_h"), c: kind === "LSTM" ? end("Y_c") : c };
  };
  return { run, release: () => session.release() };
}

const pick = (
  feeds: Readonly<Record<string, Feed>>,
  names: readonly string[],
): Record<string, Feed> =>
  Object.fromEntries(Object.entries(feeds).filter(([name]) => names.includes(name)));
