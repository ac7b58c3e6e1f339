import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The page: served while it is written, or built into a folder that any web server can serve from any place. */
const config: UserConfig = defineConfig({
  root: at("src/web"),
  base: "./",
  publicDir: at("src/web/public"),
  worker: { format: "es" },
  server: { host: "127.0.0.1" },
  preview: { host: "127.0.0.1" },
  // Vite would move onnxruntime-web away from the wasm file that it finds beside itself.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
  build: { outDir: at("dist/site"), emptyOutDir: true, target: "es2022" },
});

export default config;
