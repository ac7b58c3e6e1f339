import document from "../../../../docs/mask-contract.md?raw";
import { gpuBackends } from "../backends/gpuBackends.js";
import { describeContract } from "./contract.js";

for (const backend of gpuBackends) describeContract(backend, document);
