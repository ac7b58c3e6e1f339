import * as tf from "@tensorflow/tfjs";

/** Config of a layer with its class, as wrappers keep it. */
export type SerializedLayer = {
  readonly className: string;
  readonly config: tf.serialization.ConfigDict;
};

/** A layer as `deserialize` takes it. */
export function serialize(layer: tf.layers.Layer): tf.serialization.ConfigDict {
  return { className: layer.getClassName(), config: layer.getConfig() };
}

/**
 * Makes a layer of any registered class; the config is left as it is.
 * @throws {Error} If the class is not registered.
 */
export function deserialize(
  layer: tf.serialization.ConfigDictValue,
): tf.serialization.Serializable {
  const { className, config } = layer as unknown as SerializedLayer;
  const found = tf.serialization.SerializationMap.getMap().classNameMap[className];
  if (found === undefined) {
    throw new Error(
      `deserialize: class must be registered with tf.serialization.registerClass, got ${className}`,
    );
  }
  const [cls, fromConfig] = found;
  return fromConfig(cls, { ...config });
}
