import { homedir } from "node:os";
import { posix, win32 } from "node:path";

/** What decides where a computer keeps caches; by default, this process's own. */
export interface CacheDirectoryOptions {
  readonly platform?: NodeJS.Platform;
  readonly env?: { readonly LOCALAPPDATA?: string; readonly XDG_CACHE_HOME?: string };
  readonly home?: string;
}

/**
 * The user's folder for data that can be fetched again: `%LOCALAPPDATA%` on Windows,
 * `~/Library/Caches` on macOS, elsewhere `$XDG_CACHE_HOME` if it is an absolute path, else
 * `~/.cache`; in it `dropoutkit/<name>`.
 * @see XDG Base Directory Specification 0.8, section "Environment variables".
 */
export function cacheDirectory(
  name: string,
  { platform = process.platform, env = process.env, home = homedir() }: CacheDirectoryOptions = {},
): string {
  if (platform === "win32") {
    const local = env.LOCALAPPDATA ?? win32.join(home, "AppData", "Local");
    return win32.join(local, "dropoutkit", name);
  }
  if (platform === "darwin") return posix.join(home, "Library", "Caches", "dropoutkit", name);
  const xdg = env.XDG_CACHE_HOME;
  const caches = xdg !== undefined && posix.isAbsolute(xdg) ? xdg : posix.join(home, ".cache");
  return posix.join(caches, "dropoutkit", name);
}
