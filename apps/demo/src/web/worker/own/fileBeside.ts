/**
 * A file of weights that a model names by its path.
 * @param model The model's name.
 * @throws {Error} If it is not among the files.
 */
export function fileBeside(
  model: string,
  { path, files }: { readonly path: string; readonly files: readonly File[] },
): File {
  const [name] = path.split(/[/\\]/).slice(-1);
  const found = files.find((file) => file.name === name);
  if (found === undefined) {
    throw new Error(`demo: ${model} must come with ${name}, got no such file`);
  }
  return found;
}
