/**
 * A call without its options would fail in words of the engine.
 * @param name What is checked, for the message.
 * @throws {TypeError} If they are no object.
 */
export function checkOptions<T extends object>(owner: string, options: T, name = "options"): T {
  if (typeof options === "object" && options !== null) return options;
  throw new TypeError(`${owner}: ${name} must be an object, got ${String(options)}`);
}
