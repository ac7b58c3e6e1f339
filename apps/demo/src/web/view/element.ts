/**
 * The element of an id.
 * @throws {Error} If the page has none of that kind.
 */
export function element<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`demo: the page must have a ${kind.name} #${id}, got none`);
}
