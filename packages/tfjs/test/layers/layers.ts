import * as tf from "@tensorflow/tfjs";
import {
  alphaDropout,
  concreteDropout,
  dropBlock2d,
  dropConnect,
  dropout,
  embeddingDropout,
  gaussianDropout,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  stochasticDepth,
  tokenDropout,
  variationalRnn,
  zoneoutRnn,
} from "../../src/index.js";

/** A layer of this package for tests, and what it is fed. */
export interface TestedLayer {
  readonly shape: number[];
  /** Makes the layer; two of equal arguments have equal weights and equal noise. */
  make(args: { readonly name: string; readonly inputShape?: tf.Shape }): tf.layers.Layer & {
    step: number;
  };
  /** Its input: floats, or words of an embedding. */
  input(): tf.Tensor;
}

const noise = { rate: 0.4, seed: 7, site: "h" };
const init = (seed: number): ReturnType<typeof tf.initializers.glorotUniform> =>
  tf.initializers.glorotUniform({ seed });
const dense = (): tf.layers.Layer =>
  tf.layers.dense({ units: 3, activation: "tanh", kernelInitializer: init(1) });
const conv = (): tf.layers.Layer =>
  tf.layers.conv2d({ filters: 2, kernelSize: 2, kernelInitializer: init(1) });
const recurrent = { units: 3, kernelInitializer: init(1), recurrentInitializer: init(2) } as const;
const rates = { inputRate: 0.2, stateRate: 0.3, outputRate: 0.4 };

const floats = (shape: number[], make: TestedLayer["make"]): TestedLayer => ({
  shape,
  make,
  input: () => tf.randomNormal(shape, 0, 1, "float32", 5),
});

/** Every layer of this package, by its factory, wrappers around more than one kind of layer. */
export const layers: { readonly [factory: string]: TestedLayer } = {
  dropout: floats([4, 6], (args) => dropout({ ...noise, ...args })),
  spatialDropout1d: floats([4, 3, 5], (args) => spatialDropout1d({ ...noise, ...args })),
  spatialDropout2d: floats([4, 2, 3, 4], (args) => spatialDropout2d({ ...noise, ...args })),
  spatialDropout3d: floats([4, 2, 2, 2, 3], (args) => spatialDropout3d({ ...noise, ...args })),
  alphaDropout: floats([4, 6], (args) => alphaDropout({ ...noise, ...args })),
  gaussianDropout: floats([4, 6], (args) => gaussianDropout({ ...noise, ...args })),
  dropBlock2d: floats([2, 5, 4, 3], (args) => dropBlock2d({ ...noise, blockSize: 2, ...args })),
  stochasticDepth: floats([6, 4], (args) => stochasticDepth({ ...noise, ...args })),
  tokenDropout: floats([4, 3, 5], (args) => tokenDropout({ ...noise, ...args })),
  variationalRnn: floats([3, 4, 2], (args) =>
    variationalRnn({ ...rates, seed: 7, site: "h", cell: tf.layers.lstmCell(recurrent), ...args }),
  ),
  zoneoutRnn: floats([3, 4, 2], (args) =>
    zoneoutRnn({
      stateRate: 0.3,
      cellRate: 0.2,
      seed: 7,
      site: "h",
      cell: tf.layers.lstmCell(recurrent),
      ...args,
    }),
  ),
  dropConnect: floats([4, 5], (args) => dropConnect({ ...noise, layer: dense(), ...args })),
  "dropConnect of a convolution": floats([2, 4, 3, 2], (args) =>
    dropConnect({ ...noise, layer: conv(), ...args }),
  ),
  "dropConnect of a GRU": floats([3, 4, 2], (args) =>
    dropConnect({ ...noise, layer: tf.layers.gru(recurrent), ...args }),
  ),
  embeddingDropout: {
    shape: [4, 5],
    make: (args) =>
      embeddingDropout({
        ...noise,
        layer: tf.layers.embedding({
          inputDim: 6,
          outputDim: 3,
          embeddingsInitializer: init(1),
          // Without it, tfjs's own config changes on its first way through a file.
          inputShape: [5],
        }),
        ...args,
      }),
    input: () => tf.randomUniform([4, 5], 0, 6, "int32", 5),
  },
  concreteDropout: floats([4, 5], (args) =>
    // Softer than the default, so that finite differences of its rate are accurate.
    concreteDropout({ seed: 7, site: "h", layer: dense(), temperature: 1, ...args }),
  ),
};
