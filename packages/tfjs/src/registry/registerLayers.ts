import * as tf from "@tensorflow/tfjs";
import { AlphaDropout } from "../layers/AlphaDropout.js";
import { DropBlock2D } from "../layers/DropBlock2D.js";
import { Dropout } from "../layers/Dropout.js";
import { GaussianDropout } from "../layers/GaussianDropout.js";
import { SpatialDropout1D, SpatialDropout2D, SpatialDropout3D } from "../layers/SpatialDropout.js";
import { StochasticDepth } from "../layers/StochasticDepth.js";
import { TokenDropout } from "../layers/TokenDropout.js";
import { VariationalRnn } from "../recurrent/VariationalRnn.js";
import { ZoneoutRnn } from "../recurrent/ZoneoutRnn.js";
import { ConcreteDropout } from "../wrappers/ConcreteDropout.js";
import { DropConnect } from "../wrappers/DropConnect.js";
import { EmbeddingDropout } from "../wrappers/EmbeddingDropout.js";

/*
 * The package's one side effect: after it, models are loaded and rebuilt by the names in their files, which tfjs looks
 * up. So every layer is here, used or not, and bundlers keep this file (`sideEffects` of package.json names it).
 */

/** Under names of our own, for tfjs and Keras have some of these. */
const layers = {
  AlphaDropout,
  ConcreteDropout,
  DropBlock2D,
  DropConnect,
  Dropout,
  EmbeddingDropout,
  GaussianDropout,
  SpatialDropout1D,
  StochasticDepth,
  TokenDropout,
  VariationalRnn,
  ZoneoutRnn,
};

for (const [name, layer] of Object.entries(layers)) {
  tf.serialization.registerClass(layer, "dropoutkit", name);
}

// Keras's names, which tfjs leaves free: its models load.
tf.serialization.registerClass(SpatialDropout2D);
tf.serialization.registerClass(SpatialDropout3D);
