/*
 * A process that takes 20 training steps of the MLP with dropout in the framework that it is told, and
 * writes the most memory that it has had, in MB.
 */
import { BATCH, noisyMlp, SIZES } from "./mlp.js";
import { mlpLayers } from "./mlpLayers.js";
import { onnxSteps } from "./onnxSteps.js";
import { tfjsSteps } from "./tfjsSteps.js";

const SHAPE = [BATCH, SIZES[0]];
const [framework] = process.argv.slice(2);
const steps = await (framework === "tfjs"
  ? tfjsSteps("wasm", SHAPE, mlpLayers)
  : onnxSteps(noisyMlp("feeds"), SHAPE));
for (let i = 0; i < 20; i++) await steps.step();
await steps.dispose();
process.stdout.write(`${process.resourceUsage().maxRSS / 1000}`);
