import type { SavedFile } from "../messages.js";

/** Whether a file is a model.json with layers that TensorFlow.js does not have by itself. */
export const needsLayers = ({ name, bytes }: SavedFile): boolean =>
  name.endsWith(".json") && new TextDecoder().decode(bytes).includes('"dropoutkit>');
