/**
 * The last of the items and those before it that share no name with a later one of them: they can be
 * taken out together, none stands on what another makes.
 */
export function withoutOverlap<T>(
  items: readonly T[],
  namesOf: (item: T) => readonly string[],
): T[] {
  const touched = new Set<string>();
  return [...items].reverse().filter((item) => {
    const names = namesOf(item);
    const isApart = names.every((name) => !touched.has(name));
    for (const name of names) touched.add(name);
    return isApart;
  });
}
