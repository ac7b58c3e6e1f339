// @ts-check
import { findChromium } from "./findChromium.js";

/**
 * How tests and benchmarks start Chromium, for Playwright; undefined where there is none. WebGPU runs on the
 * CPU, so that shaders run on a machine without a GPU. Playwright adds the flags that keep Chromium from
 * traffic of its own.
 */
export function chromiumLaunch() {
  const executablePath = findChromium();
  if (executablePath === undefined) return undefined;
  return {
    executablePath,
    timeout: 60_000,
    args: [
      "--enable-unsafe-webgpu",
      "--use-webgpu-adapter=swiftshader",
      "--use-angle=swiftshader",
      "--ignore-gpu-blocklist",
      "--enable-features=Vulkan",
      "--disable-quic",
    ],
    // Chromium's sandbox refuses to run as root.
    chromiumSandbox: process.getuid?.() !== 0,
  };
}
