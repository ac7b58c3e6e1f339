import { denseBackward, denseForward, drawMask, dropConnect } from "@dropoutkit/core";
import { drawUniform, rateScalars } from "@dropoutkit/core/adapter";
import type { Case } from "../Case.js";

const RATE = 0.5;
const BATCH = 128;
const INPUTS = 784;
const UNITS = 256;
const WEIGHTS = INPUTS * UNITS;
const PEER = "core's drawMask, then batch by batch";

const { gain } = rateScalars(RATE);
const { parts } = dropConnect({ rate: RATE });
const sizes = { batch: BATCH, inputs: INPUTS, units: UNITS };

/** A mask for each example: the masks of the batch are 128 times the weights, and core holds none. */
export const coreDropConnect: readonly Case[] = [
  {
    name: "core DropConnect dense 784x256, batch 128, forward",
    peer: PEER,
    target: 3,
    runs: 9,
    prepare: async () => {
      const { x, kernel, bias } = layer();
      const y = new Float32Array(BATCH * UNITS);
      const peer = new MaskedLayer();
      const noise = steps();
      return {
        ours: () => void denseForward(parts, { x, kernel, bias }, { ...noise(), ...sizes }, y),
        peer: () => peer.forward(noise()),
        dispose: () => {},
      };
    },
  },
  {
    name: "core DropConnect dense 784x256, batch 128, backward",
    peer: PEER,
    target: 3,
    runs: 9,
    prepare: async () => {
      const arrays = layer();
      const output = {
        dx: new Float32Array(BATCH * INPUTS),
        dkernel: new Float32Array(WEIGHTS),
        dbias: new Float32Array(UNITS),
      };
      const peer = new MaskedLayer();
      const noise = steps();
      return {
        ours: () => void denseBackward(parts, arrays, { ...noise(), ...sizes }, output),
        peer: () => peer.backward(noise()),
        dispose: () => {},
      };
    },
  },
];

function steps() {
  let step = 0;
  return () => ({ seed: 7, site: "bench", step: step++ });
}

function layer() {
  const numbers = (site: string, length: number): Float32Array =>
    drawUniform({ seed: 1, site, step: 0, shape: [length] }).map((u) => 2 * u - 1);
  return {
    x: numbers("x", BATCH * INPUTS),
    kernel: numbers("kernel", WEIGHTS),
    bias: numbers("bias", UNITS),
    dy: numbers("dy", BATCH * UNITS),
  };
}

/** What one writes without the fused pass: masks of the whole batch, then each example's weights and product. */
class MaskedLayer {
  readonly #arrays = layer();
  readonly #masks = new Uint8Array(BATCH * WEIGHTS);
  readonly #weights = new Float32Array(WEIGHTS);
  readonly #y = new Float32Array(BATCH * UNITS);
  readonly #dx = new Float32Array(BATCH * INPUTS);
  readonly #dkernel = new Float32Array(WEIGHTS);

  forward(noise: Noise): void {
    const { x, bias } = this.#arrays;
    const [weights, y] = [this.#weights, this.#y];
    this.#draw(noise);
    for (let b = 0; b < BATCH; b++) {
      this.#mask(b);
      y.set(bias, b * UNITS);
      for (let i = 0; i < INPUTS; i++) {
        const value = x[b * INPUTS + i];
        for (let o = 0; o < UNITS; o++) y[b * UNITS + o] += value * weights[i * UNITS + o];
      }
    }
  }

  backward(noise: Noise): void {
    const { x, dy } = this.#arrays;
    const [weights, masks, dx, dkernel] = [this.#weights, this.#masks, this.#dx, this.#dkernel];
    this.#draw(noise);
    dkernel.fill(0);
    for (let b = 0; b < BATCH; b++) {
      this.#mask(b);
      for (let i = 0; i < INPUTS; i++) {
        let sum = 0;
        for (let o = 0; o < UNITS; o++) sum += dy[b * UNITS + o] * weights[i * UNITS + o];
        dx[b * INPUTS + i] = sum;
        const value = gain * x[b * INPUTS + i];
        for (let o = 0; o < UNITS; o++) {
          const at = i * UNITS + o;
          dkernel[at] += masks[b * WEIGHTS + at] * value * dy[b * UNITS + o];
        }
      }
    }
  }

  #draw(noise: Noise): void {
    const shape = [BATCH, INPUTS, UNITS];
    drawMask({ ...noise, site: `${noise.site}/kernel`, shape, rate: RATE }, this.#masks);
  }

  #mask(example: number): void {
    const { kernel } = this.#arrays;
    const start = example * WEIGHTS;
    for (let i = 0; i < WEIGHTS; i++) this.#weights[i] = this.#masks[start + i] * gain * kernel[i];
  }
}

type Noise = ReturnType<ReturnType<typeof steps>>;
