/** Makes some properties of an object those of another one, to read and to write. */
export function mirror(from: object, to: object, names: readonly string[]): void {
  for (const name of names) {
    Object.defineProperty(to, name, {
      configurable: true,
      enumerable: true,
      get: (): unknown => Reflect.get(from, name),
      set: (value: unknown) => {
        Reflect.set(from, name, value);
      },
    });
  }
}
