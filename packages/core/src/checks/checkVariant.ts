import type { Variant } from "../seam/seam.js";

/** @throws {TypeError} If it is no variant at all. */
export function checkVariant(owner: string, variant: Variant): Variant {
  if (Array.isArray(variant?.parts)) return variant;
  const got = typeof variant === "function" ? "the function itself" : JSON.stringify(variant);
  throw new TypeError(
    `${owner}: variant must be what a function such as dropout returns, got ${got}`,
  );
}
