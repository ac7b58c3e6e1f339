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

type Class = tf.serialization.SerializableConstructor<tf.serialization.Serializable>;

/** Models take two arguments more than tfjs declares. */
type FromConfig = (
  cls: Class,
  config: tf.serialization.ConfigDict,
  customObjects?: tf.serialization.ConfigDict,
  fastWeightInit?: boolean,
) => tf.serialization.Serializable;

/**
 * A class, and what makes one from a config.
 * @throws {Error} If the class is not registered.
 */
export function registered(className: string): [Class, FromConfig] {
  const found = tf.serialization.SerializationMap.getMap().classNameMap[className];
  if (found === undefined) {
    throw new Error(
      `deserialize: class must be registered with tf.serialization.registerClass, got ${className}`,
    );
  }
  return found;
}

/**
 * Makes a layer of any registered class; the config is left as it is.
 * @throws {Error} If the class is not registered.
 */
export function deserialize(
  layer: tf.serialization.ConfigDictValue,
): tf.serialization.Serializable {
  const { className, config } = layer as unknown as SerializedLayer;
  const [cls, fromConfig] = registered(className);
  return fromConfig(cls, { ...config });
}
