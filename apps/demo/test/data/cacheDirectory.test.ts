import { describe, expect, it } from "vitest";
import { cacheDirectory } from "../../src/data/cacheDirectory.js";

describe("cacheDirectory: each platform's own folder", () => {
  it.each([
    ["linux", {}, "/home/a", "/home/a/.cache/dropoutkit/mnist"],
    ["linux", { XDG_CACHE_HOME: "/var/c" }, "/home/a", "/var/c/dropoutkit/mnist"],
    ["linux", { XDG_CACHE_HOME: "c" }, "/home/a", "/home/a/.cache/dropoutkit/mnist"],
    ["linux", { XDG_CACHE_HOME: "" }, "/home/a", "/home/a/.cache/dropoutkit/mnist"],
    ["darwin", { XDG_CACHE_HOME: "/c" }, "/Users/a", "/Users/a/Library/Caches/dropoutkit/mnist"],
    ["win32", { LOCALAPPDATA: "D:\\Local" }, "C:\\a", "D:\\Local\\dropoutkit\\mnist"],
    ["win32", {}, "C:\\a", "C:\\a\\AppData\\Local\\dropoutkit\\mnist"],
  ] as const)("%s %o", (platform, env, home, expected) => {
    expect(cacheDirectory("mnist", { platform, env, home })).toBe(expected);
  });
});
