import * as tf from "@tensorflow/tfjs";

type Layer = tf.layers.Layer;

/** Options of any wrapped layer, also those of weights, such as `kernelRegularizer`. */
export interface WrappedArgs {
  readonly trainable?: boolean;
  readonly name?: string;
  readonly [ofWeights: `${string}Regularizer` | `${string}Constraint`]: object;
}

/** A layer that wrappers take, and what it is fed. */
export interface WrappedKind {
  /** Shape of its input. */
  readonly shape: readonly number[];
  /** Makes the layer; two of equal arguments have equal weights. */
  make(args?: WrappedArgs): Layer;
}

const init = (seed: number): ReturnType<typeof tf.initializers.randomNormal> =>
  tf.initializers.randomNormal({ seed });
const args = { kernelInitializer: init(1), biasInitializer: init(2) };
const conv = { filters: 2, kernelSize: 2, ...args } as const;
const recurrent = { units: 3, recurrentInitializer: init(3), ...args } as const;

/** Layers of one kernel, by class name. */
export const kernelKinds: { readonly [className: string]: WrappedKind } = {
  Dense: { shape: [3, 4], make: (more) => tf.layers.dense({ units: 3, ...args, ...more }) },
  Conv1D: { shape: [3, 4, 2], make: (more) => tf.layers.conv1d({ ...conv, ...more }) },
  Conv2D: { shape: [3, 3, 4, 2], make: (more) => tf.layers.conv2d({ ...conv, ...more }) },
  Conv3D: { shape: [2, 2, 3, 2, 2], make: (more) => tf.layers.conv3d({ ...conv, ...more }) },
  Conv2DTranspose: {
    shape: [2, 2, 3, 2],
    make: (more) => tf.layers.conv2dTranspose({ ...conv, ...more }),
  },
  Conv3DTranspose: {
    shape: [2, 2, 2, 2, 2],
    make: (more) => tf.layers.conv3dTranspose({ ...conv, ...more }),
  },
  DepthwiseConv2D: {
    shape: [2, 3, 4, 2],
    make: (more) =>
      tf.layers.depthwiseConv2d({
        kernelSize: 2,
        depthwiseInitializer: init(1),
        biasInitializer: init(2),
        ...more,
      }),
  },
};

export type RnnOptions = Partial<
  Record<"returnSequences" | "returnState" | "goBackwards" | "stateful", boolean>
> & { readonly trainable?: boolean; readonly name?: string };

/** Recurrent layers, by class name. */
export const recurrentKinds: { readonly [className: string]: (more?: RnnOptions) => tf.RNN } = {
  LSTM: (more) => tf.layers.lstm({ ...recurrent, ...more }) as tf.RNN,
  GRU: (more) => tf.layers.gru({ ...recurrent, ...more }) as tf.RNN,
  SimpleRNN: (more) => tf.layers.simpleRNN({ ...recurrent, ...more }) as tf.RNN,
};

/** Input of every recurrent layer. */
export const SEQUENCES: [number, number, number] = [2, 4, 2];

const embedding: WrappedKind = {
  shape: [2, 4],
  make: (more) =>
    tf.layers.embedding({
      inputDim: 5,
      outputDim: 3,
      maskZero: true,
      embeddingsInitializer: init(1),
      ...more,
    }),
};

/** All kinds, by class name. */
export const wrappedKinds: { readonly [className: string]: WrappedKind } = {
  ...kernelKinds,
  ...Object.fromEntries(
    Object.entries(recurrentKinds).map(([name, make]) => [name, { shape: SEQUENCES, make }]),
  ),
  Embedding: embedding,
};
