import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import * as ort from "onnxruntime-web";

/** The versions that results depend on. */
export function versions(): Record<string, string> {
  const ours = ["core", "tfjs", "onnx", "onnx-training"].map((name) => `@dropoutkit/${name}`);
  return {
    ...Object.fromEntries(ours.map((name) => [name, versionOf(name)])),
    "@tensorflow/tfjs": tf.version.tfjs,
    "onnxruntime-web": ort.env.versions.web ?? "unknown",
    node: process.versions.node,
  };
}

function versionOf(name: string): string {
  const manifest = new URL("../package.json", import.meta.resolve(name));
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, "utf8"));
  return version;
}
